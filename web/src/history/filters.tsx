/** The fields above the history: what is looked for, and taking the list along. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { jobStatuses } from '@wavefleet/contracts/states.ts';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { followLink } from '../shell/follow-link.ts';
import { useStore } from '../use-store.ts';
import { type SearchFields, searchOf } from './search.ts';
import { statusWord } from './status-word.ts';

/** So long nobody types: then it is looked for. */
const TYPING_PAUSE_MS = 300;

interface FiltersProps {
  readonly fields: SearchFields;
  readonly onChange: (fields: SearchFields) => void;
}

/** Name, status, format and days. Each is looked for as it is changed, the name once nobody types. */
export function Filters({ fields, onChange }: FiltersProps) {
  const { pager, catalogue } = useServices();
  const id = useId();
  const shown = useRef(fields);
  useEffect(() => {
    if (shown.current === fields) return;
    const pauseMs = shown.current.name === fields.name ? 0 : TYPING_PAUSE_MS;
    shown.current = fields;
    const timer = setTimeout(() => void pager.filter(searchOf(fields)), pauseMs);
    return () => clearTimeout(timer);
  }, [fields]);
  const set = (change: Partial<SearchFields>) => onChange({ ...fields, ...change });
  return (
    <search class="fields" aria-label="Find conversions">
      <div class="field field-name">
        <label for={`${id}name`}>Name</label>
        <input
          id={`${id}name`}
          type="search"
          value={fields.name}
          autocomplete="off"
          onInput={({ currentTarget }) => set({ name: currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for={`${id}status`}>Status</label>
        <select
          id={`${id}status`}
          value={fields.status}
          onChange={({ currentTarget }) => set({ status: currentTarget.value })}
        >
          <option value="">Any</option>
          {jobStatuses.map((value) => (
            <option key={value} value={value}>
              {statusWord(value)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}format`}>Format</label>
        <select
          id={`${id}format`}
          value={fields.format}
          onChange={({ currentTarget }) => set({ format: currentTarget.value })}
        >
          <option value="">Any</option>
          {Object.entries(catalogue.outputs).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {(['from', 'to'] as const).map((end) => (
        <div class="field field-date" key={end}>
          <label for={id + end}>{end === 'from' ? 'From' : 'To'}</label>
          <input
            id={id + end}
            type="date"
            value={fields[end]}
            onInput={({ currentTarget }) => set({ [end]: currentTarget.value })}
          />
        </div>
      ))}
    </search>
  );
}

/** What is looked for, as a file. */
export function Export() {
  const { pager, exportUrl } = useServices();
  const { search } = useStore(pager.state);
  const [problem, setProblem] = useState<string>();
  const take = async (as: 'csv' | 'json') => {
    setProblem(undefined);
    try {
      // A link cannot say what is wrong, nor renew a session that has run out.
      await pager.check();
      followLink(exportUrl(as, search));
    } catch (error) {
      setProblem(asProblem(error).message);
    }
  };
  return (
    <div class="tools">
      {(['csv', 'json'] as const).map((as) => (
        <button key={as} type="button" class="button button-small" onClick={() => void take(as)}>
          Export {as.toUpperCase()}
        </button>
      ))}
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
