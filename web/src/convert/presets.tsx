/** The choice of a preset. */
import { presetSchema } from '@wavefleet/contracts/presets.ts';
import { useServices } from '../services.ts';
import { applyPreset } from './choice.ts';

/** The server's named option sets, one click each. */
export function Presets() {
  const { catalogue, choice, announcer } = useServices();
  // Those of a newer server may ask for what this page does not know.
  const known = Object.entries(catalogue.presets).flatMap(([name, preset]) => {
    const { success, data } = presetSchema.safeParse(preset);
    return success ? [[name, data] as const] : [];
  });
  return (
    <details class="fold">
      <summary>Presets</summary>
      <div class="presets">
        {known.map(([name, preset]) => (
          <button
            key={name}
            type="button"
            class="button button-small"
            onClick={() => {
              choice.update((held) => applyPreset(held, preset));
              announcer.say(`${preset.label} chosen.`);
            }}
          >
            {preset.label}
          </button>
        ))}
      </div>
    </details>
  );
}
