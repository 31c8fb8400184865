/** Runs that end well, late, or not by themselves. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProgressBlock } from './progress-parser.ts';
import { type RunOptions, runFfmpeg, ShapeChanged } from './run.ts';
import { makeSandbox } from './sandbox.ts';
import { SourceFeed } from './source-feed.ts';

const { log, said } = recordedLog();
const sandbox = makeSandbox({
  log,
  path: process.env.PATH ?? '',
  uid: process.getuid?.(),
});
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'wavefleet-run-'));
  await sandbox.prepareFolder(cwd);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));
beforeEach(() => {
  said.length = 0;
});

const input = { container: 'wav', codec: 'pcm_s16le', durationSeconds: 2, sampleRate: 8_000, channels: 1 };
const limits = { stallSeconds: 10, totalSeconds: 20, memoryBytes: 2e9, outputBytes: 1e6, outputSeconds: 1e5 };
interface Run extends Partial<RunOptions> {
  /** What runs in FFmpeg's place. */
  readonly ffmpeg?: string;
  readonly signal?: AbortSignal;
}
const run = ({ ffmpeg = 'ffmpeg', signal = new AbortController().signal, ...options }: Run) =>
  runFfmpeg(
    { ffmpeg, cwd, sandbox, signal, log },
    { args: [], limits, input, source: 'in', threads: 2, ...options },
  );
const generate = (source: string, ...rest: string[]): string[] => [
  ...['-nostdin', '-v', 'error', '-nostats', '-progress', 'pipe:3', '-stats_period', '0.25', '-y'],
  ...rest,
  ...['-f', 'lavfi', '-i', source, '-f', 'wav', 'file:out.wav'],
];
/** Runs a shell script in FFmpeg's place. */
const script = (text: string): Run => ({ ffmpeg: 'sh', args: ['-c', text] });
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );

test('resolves with the time that was written, after reporting it', async () => {
  const blocks: ProgressBlock[] = [];
  const result = await run({ args: generate('sine=d=2'), onProgress: (block) => blocks.push(block) });
  expect(result).toEqual({ outTimeSeconds: 2, damaged: false });
  expect(blocks.at(-1)).toMatchObject({ outTimeSeconds: 2, done: true });
});

test.each([
  [
    '5.1 and 7.1',
    '[graph_0_in_0_0 @ 0x55c8] Changing audio frame properties on the fly is not supported.',
    1,
  ],
  [
    '9.0 in front of a link of another shape',
    '[ogg @ 0x1] Changing the shape is not implemented. Not yet implemented in FFmpeg, patches welcome',
    0,
  ],
])('a sound that changes its shape is noticed, however it ends: %s', async (_version, line, exitCode) => {
  const ending = run(script(`echo '${line}' >&2; exit ${exitCode}`));
  await expect(ending).rejects.toBeInstanceOf(ShapeChanged);
});

test('a result that gets longer than it may is INPUT_TOO_LONG', async () => {
  const long = 'printf "out_time_us=9000000\\ntotal_size=7\\nprogress=continue\\n" >&3; exec sleep 19';
  expect(await codeOf(run({ ...script(long), limits: { ...limits, outputSeconds: 8 } }))).toBe(
    'INPUT_TOO_LONG',
  );
});

test('so is one that has ended before anybody looked', async () => {
  const long = 'printf "out_time_us=9000000\\ntotal_size=7\\nprogress=end\\n" >&3';
  expect(await codeOf(run({ ...script(long), limits: { ...limits, outputSeconds: 8 } }))).toBe(
    'INPUT_TOO_LONG',
  );
});

test.each([
  ['[flac @ 0x1] Unknown picture mimetype: -->.', false],
  ['[ogg @ 0x1] Failed to parse cover art block.', false],
  ['[flac @ 0x1] invalid sync code', true],
])('only what is said of the sound is damage: %s', async (line, damaged) => {
  const end = `echo '${line}' >&2; printf "out_time_us=1000000\\nprogress=end\\n" >&3`;
  expect(await run(script(end))).toEqual({ outTimeSeconds: 1, damaged });
});

test('an abort kills at once and rethrows its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('lease lost');
  const promise = run({
    args: generate('sine', '-re'),
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  expect(await codeOf(promise)).toBe(reason);
  expect(await codeOf(run({ signal: controller.signal }))).toBe(reason);
});

test('no advance for the stall time is CONVERSION_TIMEOUT, though blocks keep coming', async () => {
  const same =
    'while :; do printf "out_time_us=5\\ntotal_size=7\\nprogress=continue\\n" >&3; sleep 0.2; done';
  expect(await codeOf(run({ ...script(same), limits: { ...limits, stallSeconds: 1 } }))).toBe(
    'CONVERSION_TIMEOUT',
  );
});

test('the total time is a limit even while there is progress', async () => {
  const promise = run({ args: generate('sine', '-re'), limits: { ...limits, totalSeconds: 1 } });
  expect(await codeOf(promise)).toBe('CONVERSION_TIMEOUT');
});

test('a result above the limit is OUTPUT_TOO_LARGE', async () => {
  expect(await codeOf(run({ args: generate('sine=d=60') }))).toBe('OUTPUT_TOO_LARGE');
});

test('so it is where the kernel sets no limit', async () => {
  const large = 'printf "total_size=2000000\\nprogress=continue\\n" >&3; exec sleep 10';
  expect(await codeOf(run(script(large)))).toBe('OUTPUT_TOO_LARGE');
});

test('how far the source is read is seen from outside, and what FFmpeg says is handed on', async () => {
  const source = join(cwd, 'in');
  await writeFile(source, Buffer.alloc(1_000), { mode: 0o644 });
  const block = 'printf "out_time_us=5\\nprogress=continue\\n" >&3; sleep 0.3';
  const read = 'dd bs=300 count=1 status=none <&5 >/dev/null';
  const seen: (number | null)[] = [];
  const said: string[] = [];
  await run({
    ...script(`${block}; exec 5<in; ${read}; ${block}; ${read}; ${block}; echo why >&2`),
    onProgress: ({ readBytes }) => seen.push(readBytes),
    onStderr: (text) => said.push(text),
  });
  expect(seen).toEqual([null, 300, 600]);
  expect(said.join('')).toBe('why\n');
});

test('an address space that is too small is RESOURCE_LIMIT or a crash, not a hang', async () => {
  const hungry = run({ args: generate('sine=d=1'), limits: { ...limits, memoryBytes: 60_000_000 } });
  expect(['RESOURCE_LIMIT', 'DECODER_CRASHED', 'CONVERSION_FAILED']).toContain(await codeOf(hungry));
});

test.each([
  ['kill -SEGV $$', 'DECODER_CRASHED'],
  ['kill -ABRT $$', 'DECODER_CRASHED'],
  ['exit 139', 'DECODER_CRASHED'],
  ['exit 153', 'OUTPUT_TOO_LARGE'],
  ['exit 69', 'CORRUPT_INPUT'],
  ['echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1', 'DISK_FULL'],
  ['echo "Error writing trailer of out.mp3: No space left on device" >&2; exit 0', 'DISK_FULL'],
  ['echo "Error closing file out.mp3: Input/output error" >&2; exit 0', 'CONVERSION_FAILED'],
  ['echo "Cannot allocate memory" >&2; exit 1', 'RESOURCE_LIMIT'],
  ['exit 1', 'CONVERSION_FAILED'],
])('%s is %s', async (text, code) => {
  expect(await codeOf(run(script(text)))).toBe(code);
});

test('a program that is not there is FFMPEG_MISSING, with the command that installs it', async () => {
  const error: unknown = await run({ ffmpeg: '/no/such/ffmpeg' }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'FFMPEG_MISSING', status: 500 });
  expect(String(error)).toContain('apt-get install ffmpeg');
});

test('megabytes of stderr are read, the end is kept for the log, and the user gets a little of it', async () => {
  await writeFile(
    join(cwd, 'noisy.sh'),
    'head -c 3000000 /dev/zero | tr "\\0" x >&2; echo >&2; echo "[wav @ 0x55d0c0ffee] /tmp/x/in: no \\033[31mgood" >&2; exit 1',
  );
  await chmod(join(cwd, 'noisy.sh'), 0o755);
  const error: unknown = await run({ ffmpeg: 'sh', args: ['noisy.sh'] }).catch((e: unknown) => e);
  if (!(error instanceof Failure)) throw error;
  expect(String(error.cause)).toContain('0x55d0c0ffee');
  expect(error.code).toBe('CONVERSION_FAILED');
  const { stderrTail, ...rest } = error.detail ?? {};
  expect(rest).toEqual({ exitCode: 1, signal: null });
  expect(String(stderrTail)).toHaveLength(500);
  expect(stderrTail).toMatch(/x\n\[wav\] …: no \[31mgood$/);
});

test('the log hears the command with its process id, what was converted, and how it ended', async () => {
  const long = 'y'.repeat(300);
  await run({ ...script('echo one >&2; exit 3'), args: ['-c', 'echo one >&2; exit 3', long] }).catch(
    () => {},
  );
  expect(said).toEqual([
    {
      event: 'ffmpeg.started',
      fields: {
        program: 'sh',
        pid: expect.any(Number),
        args: ['-c', 'echo one >&2; exit 3', `${'y'.repeat(200)}… (300 characters)`],
        totalSeconds: 20,
        input,
      },
    },
    { event: 'ffmpeg.stderr', fields: { program: 'sh', pid: expect.any(Number), text: 'one\n' } },
    {
      event: 'ffmpeg.ended',
      fields: {
        program: 'sh',
        pid: expect.any(Number),
        exitCode: 3,
        signal: null,
        killedFor: null,
        seconds: expect.any(Number),
        stderrTail: 'one\n',
      },
    },
  ]);
});

/** Gives something, and the rest once that is there. */
async function* waitingFor(rest: Promise<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from('begin');
  yield await rest;
}

test('who waits for its source neither stalls nor uses up its time', async () => {
  const rest = Promise.withResolvers<Buffer>();
  const impatient = { ...limits, stallSeconds: 0.2, totalSeconds: 1 };
  const told = Promise.withResolvers<void>();
  const running = run({
    ...script('cat >&2; echo end >&2'),
    limits: impatient,
    feed: new SourceFeed(waitingFor(rest.promise)),
    onStderr: (text) => text.includes('begin') && told.resolve(),
  });
  await told.promise;
  // Longer than it may take: the limits are looked at every half second.
  const until = performance.now() + 2_500;
  while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
  rest.resolve(Buffer.from('rest'));
  await expect(running).resolves.toMatchObject({ outTimeSeconds: null });
});

test('who has its source and does not get on stalls', async () => {
  const impatient = { ...limits, stallSeconds: 0.5 };
  const feed = new SourceFeed(waitingFor(Promise.resolve(Buffer.alloc(8 * 1024 ** 2))));
  const running = run({ ...script('exec sleep 30'), limits: impatient, feed });
  expect(await codeOf(running)).toBe('CONVERSION_TIMEOUT');
});

test('a source that cannot be had ends the run, and its error is the one that counts', async () => {
  const lost = new Error('lost');
  const feed = new SourceFeed(waitingFor(Promise.reject(lost)));
  await expect(run({ ...script('exec sleep 30'), feed })).rejects.toBe(lost);
});

test('a run that ends before its source does is as it says', async () => {
  const never = Promise.withResolvers<Buffer>();
  const ended = async (exitCode: number) => {
    const feed = new SourceFeed(waitingFor(never.promise));
    return await codeOf(run({ ...script(`head -c 5 >/dev/null; exit ${exitCode}`), feed }));
  };
  expect(await ended(0)).toBe('resolved');
  expect(await ended(69)).toBe('CORRUPT_INPUT');
});

test('a run that was called off says so', async () => {
  const abort = new AbortController();
  const running = run({ ...script('exec sleep 9'), signal: abort.signal }).catch(() => {});
  abort.abort();
  await running;
  expect(said.at(-1)).toMatchObject({
    event: 'ffmpeg.ended',
    fields: { killedFor: 'abort', exitCode: null },
  });
});

test('where no descriptor is left it is tried later, and the process with all its other jobs lives on', async () => {
  const script = fileURLToPath(new URL('./no-descriptors.testing.ts', import.meta.url));
  const { stdout } = await promisify(execFile)('prlimit', ['--nofile=200', process.execPath, script]);
  expect(stdout).toBe('"SERVICE_UNAVAILABLE"');
});
