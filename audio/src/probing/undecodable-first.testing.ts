/** A film whose first and main audio track is of a codec that no FFmpeg decodes, as phones write spatial audio. */
import { readFile, writeFile } from 'node:fs/promises';
import type { makeBench } from '../conversion.testing.ts';

/** @returns the path of a QuickTime file: 440 Hz behind the name of Apple's spatial codec, then 880 Hz as AAC. */
export async function undecodableFirst(
  bench: Pick<Awaited<ReturnType<typeof makeBench>>, 'make'>,
): Promise<string> {
  const path = await bench.make('spatial.mov', [
    ...['-f', 'lavfi', '-i', 'sine=440:d=3:r=48000', '-f', 'lavfi', '-i', 'sine=880:d=3:r=48000'],
    ...['-map', '0:a', '-map', '1:a', '-c:a', 'aac'],
  ]);
  const bytes = await readFile(path);
  const entry = bytes.indexOf('mp4a', bytes.indexOf('stsd'));
  bytes.write('apac', entry, 'latin1');
  // With it goes the box that says that it is AAC.
  bytes.write('dapa', bytes.indexOf('esds', entry), 'latin1');
  await writeFile(path, bytes);
  return path;
}
