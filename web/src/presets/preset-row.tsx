/** One saved preset: what it is, another name for it, and its end. */
import type { PresetView } from '@wavefleet/contracts/own-presets.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';

/** With a form in its place while it is renamed. */
export function PresetRow({ of: preset }: { readonly of: PresetView }) {
  const { presets, catalogue, announcer } = useServices();
  const { busy } = useStore(presets.state);
  const [renaming, setRenaming] = useState(false);
  const { name, label, format, quality } = preset;
  const remove = async () => {
    if (!(await presets.remove(name))) return;
    announcer.say(`${label} is deleted.`);
    document.querySelector<HTMLElement>('#presets-heading')?.focus();
  };
  const facts = [catalogue.outputs[format]?.label ?? format, quality, ...Object.keys(preset.options)];
  return (
    <li class="card" data-testid="preset-row">
      <div class="card-title">
        <h3 class="webhook-url">{label}</h3>
        <p class="quiet">
          <code>{name}</code>
          {' · '}
          {facts.filter((fact) => fact !== undefined).join(', ')}
        </p>
      </div>
      {renaming ? (
        <RenameForm of={preset} onEnd={() => setRenaming(false)} />
      ) : (
        <div class="tools">
          <button type="button" class="button button-small" disabled={busy} onClick={() => setRenaming(true)}>
            Rename
            <span class="only-heard"> {label}</span>
          </button>
          <button
            type="button"
            class="button button-small button-danger"
            disabled={busy}
            onClick={() => void remove()}
          >
            Delete
            <span class="only-heard"> {label}</span>
          </button>
        </div>
      )}
    </li>
  );
}

function RenameForm({ of: preset, onEnd }: { readonly of: PresetView; readonly onEnd: () => void }) {
  const { presets, announcer } = useServices();
  const [label, setLabel] = useState(preset.label);
  const [name, setName] = useState(preset.name);
  const first = useRef<HTMLInputElement>(null);
  // Before the next key is pressed: after the paint it would take the focus from where the user has gone meanwhile.
  useLayoutEffect(() => first.current?.focus(), []);
  const rename = async (event: Event) => {
    event.preventDefault();
    if (!(await presets.rename(preset, { name, label }))) return;
    announcer.say(`The preset is now called ${label}.`);
    onEnd();
    document.querySelector<HTMLElement>('#presets-heading')?.focus();
  };
  return (
    <form class="key-form" onSubmit={(event) => void rename(event)}>
      <div class="fields">
        <div class="field field-name">
          <label for={`label-of-${preset.name}`}>Display name</label>
          <input
            id={`label-of-${preset.name}`}
            ref={first}
            type="text"
            required
            maxLength={80}
            autocomplete="off"
            value={label}
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
          />
        </div>
        <div class="field field-name">
          <label for={`name-of-${preset.name}`}>Name for programs and drop folders</label>
          <input
            id={`name-of-${preset.name}`}
            type="text"
            required
            maxLength={64}
            pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
            title="Lower-case letters, digits and dashes"
            autocomplete="off"
            autocapitalize="off"
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </div>
      </div>
      <div class="tools preset-rename">
        <button type="submit" class="button button-small">
          Save
        </button>
        <button type="button" class="button button-small" onClick={onEnd}>
          Cancel
        </button>
      </div>
    </form>
  );
}
