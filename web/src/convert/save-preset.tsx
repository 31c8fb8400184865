/** The settings of the panel become a preset. */
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { useState } from 'preact/hooks';
import { presetName } from '../presets/preset-name.ts';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { choiceProblem } from './choice.ts';
import { presetOf } from './preset-choice.ts';

/** One field and a button, inside the form of the panel: Enter saves, and does not convert. */
export function SavePreset() {
  const { presets, catalogue, choice: store, announcer } = useServices();
  const { presets: own = [], busy, problem } = useStore(presets.state);
  const choice = useStore(store);
  const [label, setLabel] = useState('');
  const [asked, setAsked] = useState<FormatName>();
  const chosen = choice.formats.find(({ format }) => format === asked) ?? choice.formats[0];
  const preset = chosen === undefined ? undefined : presetOf(choice, chosen.format);
  const name = presetName(label, (each) => Object.hasOwn(catalogue.presets, each));
  const isThere = own.some((each) => each.name === name);
  const canSave = label.trim() !== '' && preset !== undefined && choiceProblem(choice) === undefined && !busy;
  const save = async () => {
    if (!canSave || !(await presets.save({ ...preset, name, label: label.trim() }))) return;
    announcer.say(`${label.trim()} is saved.`);
    setLabel('');
  };
  return (
    <>
      <div class="fields preset-save">
        <div class="field">
          <label for="preset-label">Save these settings as</label>
          <input
            id="preset-label"
            type="text"
            maxLength={80}
            autocomplete="off"
            placeholder="a name of your own"
            value={label}
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              void save();
            }}
          />
        </div>
        {choice.formats.length > 1 && (
          <div class="field">
            <label for="preset-format">Settings of</label>
            <select
              id="preset-format"
              value={chosen?.format}
              onChange={({ currentTarget }) =>
                setAsked(choice.formats.find(({ format }) => format === currentTarget.value)?.format)
              }
            >
              {choice.formats.map(({ format }) => (
                <option key={format} value={format}>
                  {catalogue.outputs[format]?.label ?? format}
                </option>
              ))}
            </select>
          </div>
        )}
        <button type="button" class="button button-small" disabled={!canSave} onClick={() => void save()}>
          {isThere ? 'Replace the preset' : 'Save as preset'}
        </button>
      </div>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {own.length > 0 && (
        <p class="quiet">
          <a href="#/settings">Rename, delete, export and import presets</a>
        </p>
      )}
    </>
  );
}
