/** The choice of a preset. */
import { useServices } from '../services.ts';
import { applyPreset } from './choice.ts';

/** The server's named option sets, one click each. */
export function Presets() {
  const { catalogue, choice, announcer } = useServices();
  return (
    <details class="fold">
      <summary>Presets</summary>
      <div class="presets">
        {Object.entries(catalogue.presets).map(([name, preset]) => (
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
