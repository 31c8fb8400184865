/** The panel: what is to become of the files that wait for a choice. */
import { outputFormats } from '@wavefleet/contracts/formats.ts';
import { useServices } from '../services.ts';
import { browserStorage } from '../shell/browser-storage.ts';
import { landFocus } from '../shell/focus.ts';
import { counted } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';
import { afterConvert, choiceProblem, conversionsOf } from './choice.ts';
import { saveChoice } from './choice-memory.ts';
import { FormatChips } from './format-chips.tsx';
import { FormatSettings } from './format-settings.tsx';
import { mayHaveTracks } from './parse-track.ts';
import { Presets } from './presets.tsx';
import { SharedOptions } from './shared-options.tsx';

/** Where the user says what is to become of the files that wait for it. Shown while there are any. */
export function ConvertPanel() {
  const { desk, choice: store, announcer } = useServices();
  const staged = useStore(desk.cards).filter((card) => card.staged);
  const choice = useStore(store);
  if (staged.length === 0) return null;
  const problem = choiceProblem(choice, staged);
  const isCoverComing = choice.shared.newCover?.phase === 'sending';
  const isReady = (problem === undefined || problem.isGuess === true) && !isCoverComing;
  const conversions = isReady ? conversionsOf(choice) : [];
  const facts = staged.map((card) => card.facts);
  const stillUploading = staged.some((card) => card.upload.phase !== 'done');

  const convert = (event: Event) => {
    event.preventDefault();
    if (!isReady) return;
    saveChoice(browserStorage(), choice);
    desk.convert(conversions);
    store.set(afterConvert(choice));
    announcer.say(`${counted(staged.length * conversions.length, 'conversion')} requested.`);
    landFocus();
  };

  return (
    <form class="panel" aria-labelledby="panel-heading" onSubmit={convert} noValidate>
      <h2 id="panel-heading">Convert to</h2>
      <FormatChips />
      {problem?.field === 'formats' && <p class="field-problem">{problem.message}</p>}
      <ul class="settings-list" aria-label="Settings for each format">
        {choice.formats.map((chosen) => (
          <FormatSettings
            key={chosen.format}
            chosen={chosen}
            facts={facts}
            conversion={conversions.find(({ format }) => format === chosen.format)}
            problem={problem?.field === chosen.format ? problem.message : undefined}
          />
        ))}
      </ul>
      <Presets />
      <SharedOptions
        problem={problem}
        offersTracks={staged.some(({ name }) => mayHaveTracks(name))}
        offersCover={choice.formats.some(({ format }) => outputFormats[format].cover)}
      />
      <div class="panel-end">
        <button type="submit" class="button button-main" disabled={!isReady}>
          Convert {counted(staged.length, 'file')}
          {conversions.length > 1 && ` to ${conversions.length} formats each`}
        </button>
        {isCoverComing && <p class="quiet">The picture is still uploading.</p>}
        {stillUploading && <p class="quiet">No need to wait for the upload.</p>}
      </div>
    </form>
  );
}
