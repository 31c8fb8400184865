/** Plain WAVs as we read them, against ffprobe; and what is left to ffprobe. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeArgs } from '../args/probe-args.ts';
import { makeBench } from '../conversion.testing.ts';
import { folderFiles } from '../folder-files.ts';
import type { FolderTools } from '../tools.ts';
import { plainWav } from './plain-wav.ts';
import { probe } from './probe.ts';
import { parseProbeJson } from './probe-json.ts';
import { runProbe } from './run-probe.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

async function read({ cwd }: FolderTools) {
  const path = join(cwd, folderFiles.input);
  const file = await open(path);
  try {
    const bytes = await readFile(path);
    return await plainWav(file, bytes.subarray(0, SNIFF_BYTES), bytes.length);
  } finally {
    await file.close();
  }
}
const noise = ['-f', 'lavfi', '-i', 'anoisesrc=color=pink:seed=3:sample_rate=48000:duration=0.5'];

test.concurrent.each([
  ['16 bits, stereo', ['-ac', '2', '-ar', '44100']],
  ['16 bits, mono, without a name of the writer', ['-ac', '1', '-ar', '8000', '-bitexact']],
  ['a few samples', ['-ac', '2', '-ar', '48000', '-t', '0.0001']],
])('of %s we know what ffprobe knows', async (name, args) => {
  const tools = await bench.folderWith(await bench.make(`${name}.wav`, [...noise, ...args]));
  await tools.sandbox.prepareFolder(tools.cwd);
  const ffprobe = parseProbeJson((await runProbe(tools, probeArgs(tools.lists, { tags: true }))).stdout);
  const ours = await read(tools);
  const [stream] = ffprobe?.streams ?? [];
  const duration = expect.closeTo(stream?.duration ?? Number.NaN, 5);
  expect(ours).toEqual({
    ...ffprobe,
    streams: [{ ...stream, duration }],
    format: { ...ffprobe?.format, duration },
  });
  // And so no process is started for it.
  const without = { ...tools, ffprobe: join(tools.cwd, 'none') };
  await expect(probe(without)).resolves.toMatchObject({ facts: { container: 'wav', codec: 'pcm_s16le' } });
});

test.concurrent.each([
  ['6 channels', ['-ac', '6']],
  ['8 bits', ['-c:a', 'pcm_u8']],
  ['floats', ['-c:a', 'pcm_f32le']],
  ['24 bits', ['-c:a', 'pcm_s24le']],
  ['A-law', ['-c:a', 'pcm_alaw']],
  ['a title', ['-metadata', 'title=T']],
  ['RF64', ['-rf64', 'always']],
])('%s are asked of ffprobe', async (name, args) => {
  const tools = await bench.folderWith(await bench.make(`${name}.wav`, [...noise, ...args]));
  await expect(read(tools)).resolves.toBeUndefined();
});

test.each([
  ['dts', ['-c:a', 'dca', '-strict', '-2', '-f', 'dts']],
  ['ac3', ['-c:a', 'ac3', '-f', 'ac3']],
  ['mp3', ['-c:a', 'libmp3lame', '-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3']],
  ['aac', ['-c:a', 'aac', '-f', 'adts']],
])('%s in the place of samples is asked of ffprobe, as FFmpeg decodes it', async (codec, args) => {
  const coded = await readFile(await bench.make(`coded.${codec}`, [...noise, '-ac', '2', ...args]));
  const tools = await changed((wav) => {
    for (let place = 44; place < wav.length; place += coded.length) coded.copy(wav, place);
    return wav;
  });
  await expect(read(tools)).resolves.toBeUndefined();
  await expect(probe(tools)).resolves.toMatchObject({ facts: { container: 'wav', codec } });
});

/** A plain WAV, and what is done to it. */
async function changed(change: (bytes: Buffer) => Buffer) {
  const plain = await bench.make('plain.wav', [...noise, '-ac', '2', '-bitexact']);
  return await bench.folderWith(change(await readFile(plain)));
}
const at = (place: number, bytes: string) => (wav: Buffer) => {
  wav.set(Buffer.from(bytes, 'hex'), place);
  return wav;
};

test('the same file untouched is read', async () => {
  await expect(read(await changed((bytes) => bytes))).resolves.toBeDefined();
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['is cut off', (bytes) => bytes.subarray(0, -4)],
  ['goes on behind its end', (bytes) => Buffer.concat([bytes, bytes])],
  ['says another size of its sound', at(40, '00010000')],
  ['says another rate of bytes', at(28, '00010000')],
  ['says another size of its samples', at(32, '0300')],
  ['holds coded sound', at(48, '72f81f4e')],
  ['is of another program that uses the name', at(256, '84')],
  ['has no sound', (bytes) => at(40, '00000000')(at(4, '24000000')(bytes.subarray(0, 44)))],
])('one that %s is asked of ffprobe', async (_, change) => {
  await expect(read(await changed(change))).resolves.toBeUndefined();
});
