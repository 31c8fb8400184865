/** What comes along with the sound is named by the probe, and decoded by nobody: pictures and video. */
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { lookAtFfmpeg, type ProbeLists } from '../allowlists.ts';
import { probeArgs, probeOutputArgs } from '../args/probe-args.ts';
import { makeBench } from '../conversion.testing.ts';
import { parseProbeJson } from './probe-json.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
let system: ProbeLists;
beforeAll(async () => {
  bench = await makeBench();
  // The system's, which has all those decoders; our own has none, and passes without trying.
  system = (await lookAtFfmpeg('ffmpeg')).lists;
});
afterAll(() => bench.remove());

/** What the system's ffprobe says of a file. */
async function probed(file: string, args: readonly string[]) {
  const command = [...args.slice(0, -1), `file:${file}`];
  const { stdout, stderr } = await execa('ffprobe', command, { reject: false, encoding: 'buffer' });
  return { json: parseProbeJson(Buffer.from(stdout)), said: Buffer.from(stderr).toString('latin1') };
}

/** Lines of a decoder, other than that it was refused. */
const linesOf = (decoder: string, said: string): string[] =>
  said.split('\n').filter((line) => line.startsWith(`[${decoder} @ `) && !line.includes('not on whitelist'));

const packetsSchema = z.object({ packets: z.array(z.object({ pos: z.string(), size: z.string() })) });

/** The same file with nonsense in its pictures: a decoder that gets one complains. */
async function damagedPictures(file: string): Promise<string> {
  const wanted = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pos,size', '-of', 'json'];
  const { stdout } = await execa('ffprobe', [...wanted, file]);
  const bytes = await readFile(file);
  for (const { pos, size } of packetsSchema.parse(JSON.parse(stdout)).packets) {
    const [from, to] = [Number(pos) + 60, Number(pos) + Number(size)];
    for (let at = from; at < to; at++) bytes[at] = Math.imul(at, 2_654_435_761) >>> 7;
  }
  return await bench.write(`damaged-${file.split('/').at(-1)}`, bytes);
}

const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:d=0.4', '-f', 'lavfi', '-i', 'sine=d=1'];

test.each([
  ['magicyuv', 'mkv', ['-c:a', 'flac']],
  ['jpeg2000', 'mov', ['-c:a', 'pcm_s16le']],
  ['prores', 'mov', ['-c:a', 'pcm_s16le']],
  ['snow', 'avi', ['-strict', '-2', '-c:a', 'pcm_s16le']],
])('a track of %s in %s never reaches its decoder', async (codec, container, args) => {
  const coded = [...sources, '-map', '0', '-map', '1', '-c:v', codec, ...args];
  const whole = await bench.make(`${codec}.${container}`, coded);
  const file = await damagedPictures(whole);
  const command = probeArgs(system, { tags: true });

  const { json, said } = await probed(file, command);
  expect(linesOf(codec, said)).toEqual([]);
  expect(said).toContain(`Codec (${codec}) not on whitelist`);
  expect(json?.streams.map(({ codec_type, codec_name }) => [codec_type, codec_name])).toEqual([
    ['video', codec],
    ['audio', args.at(-1)],
  ]);

  // With a list for the sound alone it does, and learns nothing by it.
  const [list, rest] = [command.indexOf('-codec_whitelist'), command.indexOf('-show_entries')];
  const forSound = ['-codec_whitelist:a', ...command.slice(list + 1, list + 2)];
  const usual = await probed(file, [...command.slice(0, list), ...forSound, ...command.slice(rest)]);
  expect(linesOf(codec, usual.said)).not.toEqual([]);
  expect(json).toEqual(usual.json);
});

test('nor does the cover of a result', async () => {
  const cover = ['-map', '1', '-map', '0', '-frames:v', '1', '-c:v', 'png', '-disposition:v', 'attached_pic'];
  const whole = await readFile(await bench.make('covered.flac', [...sources, ...cover]));
  whole.fill(0x55, whole.indexOf('IDAT') + 4, whole.indexOf('IDAT') + 4_000);
  const file = await bench.write('damaged.flac', whole);
  const { json, said } = await probed(file, probeOutputArgs(system, 'flac', 'x'));
  expect(linesOf('png', said)).toEqual([]);
  expect(said).toContain('Codec (png) not on whitelist');
  expect(json?.streams.map(({ codec_name }) => codec_name)).toEqual(['flac', 'png']);
});
