/** Results of which FFmpeg counted something else than came out, by scripts that change what FFmpeg tells or leaves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBench, roomyLimits } from '../conversion.testing.ts';
import { encode } from '../encode.ts';
import { planConversion } from '../plan/plan.ts';
import { probe } from '../probing/probe.ts';
import { requireAsPlanned } from './as-planned.ts';
import { probeOutput } from './probe-output.ts';

/** FFmpeg, and what is done in its place where it converts. */
const converting = (lines: string) => `case "$*" in *-progress*) ${lines};; *) exec ffmpeg "$@";; esac`;
const tells = (microseconds: number) =>
  converting(`ffmpeg "$@" 3>/dev/null && printf 'out_time_us=${microseconds}\\nprogress=end\\n' >&3`);
/** All of it is told, and half of it made. */
const leavesHalf = converting('ffmpeg "$@" && ffmpeg -v error -nostdin -y -t 1 -i in -b:a 128k out.mp3');

let bench: Awaited<ReturnType<typeof makeBench>>;
let sources: { readonly plain: string; readonly covered: string };
beforeAll(async () => {
  bench = await makeBench();
  const picture = await bench.make('c.png', ['-f', 'lavfi', '-i', 'testsrc=s=64x64', '-frames:v', '1']);
  const sound = ['-f', 'lavfi', '-i', 'sine=r=44100:d=2'];
  const covered = [
    '-i',
    picture,
    '-map',
    '0:a',
    '-map',
    '1:v',
    '-c:v',
    'copy',
    '-disposition:v',
    'attached_pic',
  ];
  sources = {
    plain: await bench.make('plain.flac', sound),
    covered: await bench.make('covered.flac', [...sound, ...covered]),
  };
});
afterAll(() => bench.remove());

/** What the source becomes under such a script, as an MP3 of a fixed bit rate: half of its bytes is half of its sound. */
async function heldAgainst(source: string, script: string): Promise<number> {
  const inFolder = await bench.folderWith(source);
  const probed = await probe(inFolder);
  const { plan } = planConversion(probed, 'mp3', '128k', {});
  const setting = { output: 'out', input: probed.facts, limits: roomyLimits(2) };
  const encoded = await encode(await bench.scripted(inFolder, script), plan, setting);
  const facts = await probeOutput(inFolder, { format: 'mp3', fileName: encoded.fileName, hasTags: true });
  requireAsPlanned(facts, { ...encoded, plan });
  return facts.durationSeconds;
}

const outputInvalid = (said: RegExp) => ({
  code: 'OUTPUT_INVALID',
  cause: { message: expect.stringMatching(said) },
});

test.each([
  ['an eighth of a second', tells(125_000)],
  ['nothing', tells(0)],
])('beside a cover FFmpeg may have counted %s of a whole result', async (_, script) => {
  expect(await heldAgainst(sources.covered, script)).toBe(2);
});

test('beside a cover a result that lost half of its sound is refused', async () => {
  await expect(heldAgainst(sources.covered, leavesHalf)).rejects.toMatchObject(
    outputInvalid(/^1(\.\d+)? s, though FFmpeg wrote 2(\.\d+)? s$/),
  );
});

test.each([
  ['more came out than FFmpeg counted', tells(125_000), /^2 s, though FFmpeg wrote 0\.125 s$/],
  ['half of the sound is lost', leavesHalf, /^1(\.\d+)? s, though FFmpeg wrote 2(\.\d+)? s$/],
])('without a cover a result is refused when %s', async (_, script, said) => {
  await expect(heldAgainst(sources.plain, script)).rejects.toMatchObject(outputInvalid(said));
});

const bare = { paddingSeconds: 0, tags: {}, hasCover: false };
function refusalOf(...held: Parameters<typeof requireAsPlanned>): unknown {
  try {
    requireAsPlanned(...held);
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each([
  ['codec', { codec: 'aac' }, /^codec aac, not mp3$/],
  ['sample rate', { sampleRate: 48_000 }, /^48000 Hz, not 44100$/],
  ['number of channels', { channels: 2 }, /^2 channels, not 1$/],
])('a result of another %s than was planned is refused', async (_, other, said) => {
  const probed = await probe(await bench.folderWith(sources.plain));
  const { plan } = planConversion(probed, 'mp3', '128k', {});
  const facts = { codec: 'mp3', sampleRate: 44_100, channels: 1, durationSeconds: 2, ...bare };
  const told = { plan, writtenSeconds: 2, mayBeMore: false, damaged: false };
  requireAsPlanned(facts, told);
  expect(refusalOf({ ...facts, ...other }, told)).toMatchObject(outputInvalid(said));
});

test('of a damaged source less may come out than FFmpeg counted, but not nothing that it did not count', async () => {
  const probed = await probe(await bench.folderWith(sources.plain));
  const { plan } = planConversion(probed, 'mp3', '128k', {});
  const facts = { codec: 'mp3', sampleRate: 44_100, channels: 1, durationSeconds: 1, ...bare };
  const told = { plan, writtenSeconds: 2, mayBeMore: false };
  requireAsPlanned(facts, { ...told, damaged: true });
  expect(refusalOf(facts, { ...told, damaged: false })).toMatchObject(outputInvalid(/^1 s, though/));
  const nothing = { ...facts, durationSeconds: 0 };
  expect(refusalOf(nothing, { ...told, writtenSeconds: null, damaged: true })).toMatchObject({
    code: 'NO_DECODABLE_AUDIO',
  });
});
