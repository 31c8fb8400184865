/** Listening to source and result. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import { Player } from './player.tsx';

/** Source and result, to be looked at and listened to one above the other. */
export function Compare({ view }: { readonly view: JobView }) {
  const { playback, links, input, output, inputSizeBytes } = view;
  return (
    <div class="compare">
      <Player
        name="Source"
        url={`${links.audio}?of=source`}
        playback={playback.source}
        seconds={input?.durationSeconds ?? undefined}
        sizeBytes={inputSizeBytes}
      />
      <Player
        name="Result"
        url={`${links.audio}?of=result`}
        playback={playback.result}
        seconds={output?.durationSeconds}
        sizeBytes={output?.sizeBytes ?? 0}
      />
    </div>
  );
}
