/** Tags through real conversions: what a source says is what its result says. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.5'];

test('bytes that are no UTF-8 are Windows-1252', async () => {
  const artist = ['-metadata', 'artist=Bj_rk _a_'];
  const wav = await bench.make('latin1.wav', [...sine, ...artist]);
  const bytes = await readFile(wav);
  Buffer.from('Bj\xf6rk \x93a\x94', 'latin1').copy(bytes, bytes.indexOf('Bj_rk'));
  await writeFile(wav, bytes);
  for (const format of ['wav', 'flac', 'mp3'] as const) {
    expect((await bench.convert(wav, format)).facts.tags, format).toMatchObject({ artist: 'Björk “a”' });
  }
});
