/** The choice of formats. */
import { formatNames } from '@wavefleet/contracts/formats.ts';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { isChosen, toggleFormat } from './choice.ts';

/** Every format that the server makes; several may be on. */
export function FormatChips() {
  const { catalogue, choice } = useServices();
  const current = useStore(choice);
  const offered = formatNames.filter((name) => Object.hasOwn(catalogue.outputs, name));
  return (
    <fieldset class="chips">
      <legend class="only-heard">Formats: choose one or more</legend>
      {offered.map((name) => (
        <label key={name} class="chip">
          <input
            type="checkbox"
            name="format"
            value={name}
            checked={isChosen(current, name)}
            onChange={() => choice.update((held) => toggleFormat(held, name))}
          />
          <span>{catalogue.outputs[name]?.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
