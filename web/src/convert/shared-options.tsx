/** The settings that hold for all chosen formats. */
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import type { ChoiceProblem, SharedChoice } from './choice.ts';
import { CoverField, TagOptions } from './tag-options.tsx';
import { TextField } from './text-field.tsx';

interface SharedOptionsProps {
  readonly problem: ChoiceProblem | undefined;
  /** Whether any of the chosen formats can hold a picture. */
  readonly offersCover: boolean;
  /** Whether any of the files may have several audio tracks. */
  readonly offersTracks: boolean;
}

/** What stands in this fold, and may be wrong. */
const fields: readonly string[] = [
  'trimStart',
  'trimEnd',
  'fadeIn',
  'fadeOut',
  'track',
  'removeTags',
  'newCover',
];

/** Trim, fades, track, tags, picture and strictness: the same for all formats. */
export function SharedOptions({ problem, offersCover, offersTracks }: SharedOptionsProps) {
  const { choice } = useServices();
  const { shared } = useStore(choice);
  const change = (part: Partial<SharedChoice>) =>
    choice.update((held) => ({ ...held, shared: { ...held.shared, ...part } }));
  // Half a time is no mistake: what is being typed is judged when it is done. The fold is the user's alone to open and
  // close: closed by the program in mid-word, it would swallow the rest.
  const [typing, setTyping] = useState<string>();
  const shown = problem?.field === typing ? undefined : problem;
  const isHere = shown !== undefined && fields.includes(shown.field);
  const typed = { problem: shown, onFocus: setTyping, onBlur: () => setTyping(undefined) };
  return (
    <details class="fold">
      <summary>
        Trim, fades, track, tags and cover
        {isHere && <span class="field-problem"> · please check</span>}
      </summary>
      <div class="fields">
        <TextField
          name="trimStart"
          label="Start at"
          hint="the beginning"
          example="such as 1:30"
          value={shared.trimStart}
          {...typed}
          onInput={(trimStart) => change({ trimStart })}
        />
        <TextField
          name="trimEnd"
          label="End at"
          hint="the end"
          example="such as 1:30"
          value={shared.trimEnd}
          {...typed}
          onInput={(trimEnd) => change({ trimEnd })}
        />
        <TextField
          name="fadeIn"
          label="Fade in over"
          hint="no fade"
          example="seconds, such as 2"
          value={shared.fadeIn}
          {...typed}
          onInput={(fadeIn) => change({ fadeIn })}
        />
        <TextField
          name="fadeOut"
          label="Fade out over"
          hint="no fade"
          example="seconds, such as 2"
          value={shared.fadeOut}
          {...typed}
          onInput={(fadeOut) => change({ fadeOut })}
        />
        {offersTracks && (
          <TextField
            name="track"
            label="Audio track"
            hint="the main one"
            example="such as 2 or eng"
            value={shared.track}
            {...typed}
            onInput={(track) => change({ track })}
          />
        )}
      </div>
      {offersTracks && (
        <Check
          label="Keep the silence before sound that begins late, so that it stays in time with the picture"
          on={shared.keepTimeline}
          set={(keepTimeline) => change({ keepTimeline })}
        />
      )}
      <Check label="Keep title, artist and other tags" on={shared.tags} set={(tags) => change({ tags })} />
      <TagOptions {...typed} />
      {offersCover && (
        <>
          <Check label="Keep the cover picture" on={shared.cover} set={(cover) => change({ cover })} />
          <CoverField />
        </>
      )}
      <Check
        label="Reject a damaged file instead of converting what can be read"
        on={shared.strict}
        set={(strict) => change({ strict })}
      />
      <Check
        label="Delete the file and the result from the server after the download"
        on={shared.deleteAfterDownload}
        set={(deleteAfterDownload) => change({ deleteAfterDownload })}
      />
    </details>
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
