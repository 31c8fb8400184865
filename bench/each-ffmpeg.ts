/**
 * For what is measured by processor time: `system` is the fleet with the same FFmpeg as the bare loop, the one in the PATH;
 * `static` the fleet with that of `npm run ffmpeg:build`, which the image has.
 */
import { ownBuild } from '@wavefleet/audio/own-build.ts';
import type { Figure } from './figures.ts';

const system = { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' };

/**
 * @param only `system` or `static`. Default: both, and the second where it is built.
 * @param measure gets the figure's name, and settings of the fleet.
 */
export async function withEachFfmpeg(
  bench: string,
  only: string | undefined,
  measure: (name: string, env: Record<string, string>) => Promise<Figure[]>,
): Promise<Figure[]> {
  if (only !== undefined && only !== 'system' && only !== 'static')
    throw new Error(`${bench} has no part ${only}; there are system and static`);
  const own = ownBuild(process.getuid?.());
  if (own === undefined && only !== 'system')
    console.log(`${bench}.static: there is none, see npm run ffmpeg:build`);
  return [
    ...(only === 'static' ? [] : await measure(`${bench}.system`, system)),
    ...(only === 'system' || own === undefined ? [] : await measure(`${bench}.static`, { ...own })),
  ];
}
