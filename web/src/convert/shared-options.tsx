/** The settings that hold for all chosen formats. */
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import type { ChoiceProblem, SharedChoice } from './choice.ts';

interface SharedOptionsProps {
  readonly problem: ChoiceProblem | undefined;
  /** Whether any of the chosen formats can hold a picture. */
  readonly offersCover: boolean;
}

/** Trim, tags, picture and strictness: the same for all formats. */
export function SharedOptions({ problem, offersCover }: SharedOptionsProps) {
  const { choice } = useServices();
  const { shared } = useStore(choice);
  const change = (part: Partial<SharedChoice>) =>
    choice.update((held) => ({ ...held, shared: { ...held.shared, ...part } }));
  // Half a time is no mistake: what is being typed is judged when it is done. The fold is the user's alone to open and
  // close: closed by the program in mid-word, it would swallow the rest.
  const [typing, setTyping] = useState<string>();
  const shown = problem?.field === typing ? undefined : problem;
  const isTrim = shown?.field === 'trimStart' || shown?.field === 'trimEnd';
  const typed = { problem: shown, onFocus: setTyping, onBlur: () => setTyping(undefined) };
  return (
    <details class="fold">
      <summary>
        Trim, tags and cover
        {isTrim && <span class="field-problem"> · look at the times</span>}
      </summary>
      <div class="fields">
        <TimeField
          name="trimStart"
          label="Start at"
          hint="the beginning"
          value={shared.trimStart}
          {...typed}
          onInput={(trimStart) => change({ trimStart })}
        />
        <TimeField
          name="trimEnd"
          label="End at"
          hint="the end"
          value={shared.trimEnd}
          {...typed}
          onInput={(trimEnd) => change({ trimEnd })}
        />
      </div>
      <Check label="Keep title, artist and other tags" on={shared.tags} set={(tags) => change({ tags })} />
      {offersCover && (
        <Check label="Keep the cover picture" on={shared.cover} set={(cover) => change({ cover })} />
      )}
      <Check
        label="Stop at a damaged file instead of converting what can be read"
        on={shared.strict}
        set={(strict) => change({ strict })}
      />
      <Check
        label="Delete file and result from the server after the download"
        on={shared.deleteAfterDownload}
        set={(deleteAfterDownload) => change({ deleteAfterDownload })}
      />
    </details>
  );
}

interface TimeFieldProps {
  readonly name: 'trimStart' | 'trimEnd';
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly problem: ChoiceProblem | undefined;
  readonly onInput: (value: string) => void;
  readonly onFocus: (name: string) => void;
  readonly onBlur: () => void;
}

function TimeField({ name, label, hint, value, problem, onInput, onFocus, onBlur }: TimeFieldProps) {
  const message = problem?.field === name ? problem.message : undefined;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        type="text"
        inputMode="text"
        autocomplete="off"
        placeholder={hint}
        value={value}
        aria-invalid={message !== undefined}
        aria-describedby={`${name}-help`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onFocus={() => onFocus(name)}
        onBlur={onBlur}
      />
      <p id={`${name}-help`} class={message === undefined ? 'quiet' : 'field-problem'}>
        {message ?? 'such as 1:30'}
      </p>
    </div>
  );
}

function Check({ label, on, set }: { label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={({ currentTarget }) => set(currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
