/** Presets of one's own: what they are called, and as a file. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useServices } from '../services.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';
import { counted } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';
import { fileOf } from './preset-file.ts';
import { PresetRow } from './preset-row.tsx';

/** Everything about them but saving and choosing, which is done beside the settings. */
export function PresetSection() {
  const { presets } = useServices();
  const { presets: shown, problem } = useStore(presets.state);
  useEffect(() => void presets.refresh(), [presets]);
  return (
    <section class="notices" aria-labelledby="presets-heading">
      <h2 id="presets-heading" tabIndex={-1}>
        Presets
      </h2>
      <p class="quiet">
        Settings you have saved. Programs use one by naming it as the <code>preset</code> of a submission.
      </p>
      <ProblemNotice problem={problem} />
      <Clash />
      {shown?.length === 0 && (
        <p class="quiet">
          You have no presets yet. Choose settings for a file and save them under “Presets”.
        </p>
      )}
      <ul class="cards">
        {shown?.map((preset) => (
          <PresetRow key={preset.name} of={preset} />
        ))}
      </ul>
      <PresetFiles />
    </section>
  );
}

/** An import that would replace something. */
function Clash() {
  const { presets, announcer } = useServices();
  const { clash, busy } = useStore(presets.state);
  const leave = useRef<HTMLButtonElement>(null);
  // The harmless one of the two.
  useLayoutEffect(() => clash && leave.current?.focus(), [clash]);
  if (clash === undefined) return null;
  const isOne = clash.names.length === 1;
  const replace = async () => {
    if (await presets.replace()) announcer.say('The presets are imported.');
    document.querySelector<HTMLElement>('#presets-heading')?.focus();
  };
  return (
    <fieldset class="notice notice-warn" disabled={busy}>
      <legend class="only-heard">Replace presets</legend>
      <p>
        {clash.names.join(', ')} already {isOne ? 'exists' : 'exist'}, with other settings than in the file.
      </p>
      <div class="tools">
        <button type="button" class="button button-danger" onClick={() => void replace()}>
          Replace {isOne ? 'it' : 'them'}
        </button>
        <button
          ref={leave}
          type="button"
          class="button"
          onClick={() => {
            presets.leave();
            document.querySelector<HTMLElement>('#presets-heading')?.focus();
          }}
        >
          Import nothing
        </button>
      </div>
    </fieldset>
  );
}

function PresetFiles() {
  const { presets, announcer } = useServices();
  const { presets: shown = [], busy } = useStore(presets.state);
  const field = useRef<HTMLInputElement>(null);
  const take = async () => {
    const file = field.current?.files?.[0];
    if (file === undefined) return;
    const isDone = await presets.import(file);
    if (field.current !== null) field.current.value = '';
    if (isDone && presets.state.value.clash === undefined) announcer.say('The presets are imported.');
  };
  const save = async () => {
    if (!(await presets.refresh())) return;
    const all = presets.state.value.presets ?? [];
    const url = URL.createObjectURL(new Blob([fileOf(all)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'wavefleet-presets.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(url));
    announcer.say(`${counted(all.length, 'preset')} exported.`);
  };
  return (
    <div class="tools">
      <button type="button" class="button button-small" disabled={busy || shown.length === 0} onClick={save}>
        Export to a file
      </button>
      <button
        type="button"
        class="button button-small"
        disabled={busy}
        onClick={() => field.current?.click()}
      >
        Import from a file
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label="File with presets"
        onChange={() => void take()}
      />
    </div>
  );
}
