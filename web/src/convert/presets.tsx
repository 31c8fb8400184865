/** The choice of a preset. */
import { type Preset, presetSchema } from '@wavefleet/contracts/presets.ts';
import { useEffect, useId } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { applyPreset } from './preset-choice.ts';
import { SavePreset } from './save-preset.tsx';

/** Named settings, one click each: one's own and the server's. */
export function Presets() {
  const { catalogue, presets } = useServices();
  const { presets: own = [] } = useStore(presets.state);
  useEffect(() => void presets.refresh(), [presets]);
  const builtIn = Object.entries(catalogue.presets).map(([name, preset]) => ({ ...preset, name }));
  return (
    <details class="fold">
      <summary>Presets</summary>
      {own.length > 0 && <Choices title="Your presets" all={own} />}
      <Choices title="Built in" all={builtIn} />
      <SavePreset />
    </details>
  );
}

function Choices({ title, all }: { title: string; all: readonly { readonly name: string }[] }) {
  const { choice, announcer } = useServices();
  const id = useId();
  const take = (preset: Preset) => {
    choice.update((held) => applyPreset(held, preset));
    announcer.say(`${preset.label} chosen.`);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame, and stands for fields
    <div class="presets" role="group" aria-labelledby={id}>
      <p id={id} class="quiet">
        {title}
      </p>
      {all.map((preset) => {
        // Those of a newer server may ask for what this page does not know.
        const { data } = presetSchema.safeParse(preset);
        return (
          data && (
            <button key={preset.name} type="button" class="button button-small" onClick={() => take(data)}>
              {data.label}
            </button>
          )
        );
      })}
    </div>
  );
}
