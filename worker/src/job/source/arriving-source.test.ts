/** A source on its way from an S3 that is written here, answer by answer: what is told of it is there, and right. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { WHOLE } from '@wavefleet/audio/holes.ts';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StageProgress } from '../progress/progress-reporter.ts';
import { type ArrivalContext, ArrivingSource } from './arriving-source.ts';

const MIB = 1024 ** 2;
const bytes = randomBytes(8 * MIB);
/** As they may come: one of them is another one. */
const others = Buffer.from(bytes);
others[5 * MIB] = (others[5 * MIB] ?? 0) ^ 1;
const md5 = (of: Buffer) => `"${createHash('md5').update(of).digest('hex')}"`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefleet-arriving-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What S3 answers a request: bytes from where it asks, up to there; then the stream ends, breaks, or says nothing more. */
interface Answer {
  readonly of?: Buffer;
  readonly upTo?: number;
  readonly last?: 'ends' | 'breaks' | 'waits';
}

/** A source, and the S3 that has it. The last answer is given as often as it is asked for. */
async function arriving(
  answers: readonly (Answer | Error)[],
  { etag = md5(bytes), sizeBytes = bytes.length } = {},
) {
  const asked: (string | undefined)[] = [];
  const told: StageProgress[] = [];
  const { log, said } = recordedLog();
  const stop = new AbortController();
  let sent = 0;
  const bodyOf = ({ of = bytes, upTo = of.length, last = 'ends' }: Answer, from: number) => {
    let at = from;
    return new Readable({
      highWaterMark: 1,
      read() {
        if (at < upTo) {
          const piece = of.subarray(at, Math.min(upTo, at + 64 * 1024));
          at += piece.length;
          sent = Math.max(sent, at);
          this.push(piece);
        } else if (last === 'ends') this.push(null);
        else if (last === 'breaks') this.destroy(new Error('broken off'));
      },
    });
  };
  const context: ArrivalContext = {
    ...{ signal: stop.signal, log, folder },
    progress: { update: (_stage, progress) => void told.push(progress) },
    workDir: { requireRoom: async () => undefined },
    job: { inputS3Location: { bucket: 'b', key: 'k', sizeBytes, etag } },
    platform: {
      config: { MAX_RESUMABLE_UPLOAD_BYTES: 1e9, AWS_RETRY_BASE_MS: 1 },
      objects: {
        async open(_key, { range, ifMatch } = {}) {
          const answer = answers[Math.min(asked.length, answers.length - 1)];
          asked.push(range);
          expect(ifMatch).toBe(etag);
          if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
          const from = Number(/\d+/.exec(range ?? '0')?.[0]);
          return { body: bodyOf(answer, from), sizeBytes: 0, contentRange: undefined, etag, etagIsSum: true };
        },
      },
    },
  };
  const source = await ArrivingSource.open(context);
  const events = () => said.map(({ event }) => event);
  const path = join(folder, 'in');
  return { source, asked, told, events, stop, path, sent: () => sent };
}

test('all of it comes, with how far it is, and is what S3 has', async () => {
  const { source, asked, told, events, path } = await arriving([{}]);
  await source.fill(WHOLE);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(asked).toEqual([undefined]);
  expect(events()).toEqual(['job.downloaded']);
  expect(told.at(-1)).toEqual({ fraction: 1, uploadedSize: bytes.length, totalSize: bytes.length });
  await source.close();
});

test('after the head nothing more comes until it is asked for; then each is told when its part is there', async () => {
  const { source, asked, told, sent, path } = await arriving([
    { upTo: 4 * MIB, last: 'breaks' },
    { upTo: 6 * MIB, last: 'waits' },
  ]);
  await source.fillHead();
  expect(source.headBytes).toBeGreaterThanOrEqual(512 * 1024);
  expect((await stat(path)).size).toBe(bytes.length);
  expect((await readFile(path)).subarray(0, MIB).equals(bytes.subarray(0, MIB))).toBe(true);
  expect(sent()).toBeLessThan(2 * MIB);
  const seen = told.length;
  await source.fill({ from: 3 * MIB, to: 5 * MIB });
  expect((await readFile(path)).subarray(0, 5 * MIB).equals(bytes.subarray(0, 5 * MIB))).toBe(true);
  expect(asked).toEqual([undefined, `bytes=${4 * MIB}-`]);
  // What is made of it says how far the job is.
  expect(told).toHaveLength(seen);
  // Who waits for what does not come any more is told so.
  const waiting = expect(source.fill(WHOLE)).rejects.toThrow('not needed any more');
  await source.close();
  await waiting;
});

test('a stream that breaks is resumed where it broke', async () => {
  const { source, asked, events, path } = await arriving([
    { upTo: 100_000, last: 'breaks' },
    { upTo: 3 * MIB + 5 },
    {},
  ]);
  await source.fillHead();
  await source.fill(WHOLE);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(asked).toEqual([undefined, 'bytes=100000-', `bytes=${3 * MIB + 5}-`]);
  expect(events()).toEqual(['transfer.repeated', 'transfer.repeated', 'job.downloaded']);
  await source.close();
});

test('bytes that changed on the way are fetched anew, unseen by who waits for all of them', async () => {
  const { source, asked, path } = await arriving([{ of: others }, {}]);
  await source.fill(WHOLE);
  expect(asked).toEqual([undefined, undefined]);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  await source.close();
});

test('who uses a part can see that all of it came anew, before the end is there', async () => {
  const { source, asked, events, path } = await arriving([{ of: others }, {}]);
  await source.fillHead();
  await source.fill({ from: 0, to: 2 * MIB });
  expect(source.renewals).toBe(0);
  await source.fill({ from: 7 * MIB, to: bytes.length });
  expect(source.renewals).toBe(1);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(asked).toEqual([undefined, undefined]);
  expect(events()).toEqual(['transfer.repeated', 'job.downloaded']);
  await source.close();
});

test('the same bytes twice are the source: then the ETag is no sum of them', async () => {
  const { source, asked, path } = await arriving([{}], { etag: md5(others) });
  await source.fillHead();
  await source.fill({ from: 0, to: MIB });
  await source.fill(WHOLE);
  expect(asked).toHaveLength(2);
  // What was made of them is right.
  expect(source.renewals).toBe(0);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  await source.close();
});

test.each([
  ['was replaced', [Object.assign(new Error('no'), { name: 'PreconditionFailed' })], 'INPUT_CHANGED'],
  ['is gone', [Object.assign(new Error('no'), { name: 'NoSuchKey' })], 'INPUT_MISSING'],
  [
    'was replaced while it came',
    [{ upTo: 4 * MIB, last: 'breaks' }, Object.assign(new Error('no'), { name: 'PreconditionFailed' })],
    'INPUT_CHANGED',
  ],
  ['cannot be had', [new Error('socket hang up')], 'STORAGE_UNAVAILABLE'],
] as const)('a source that %s: all who wait, and who come later, are told', async (_, answers, code) => {
  const { source } = await arriving(answers);
  const waiting = [source.fill({ from: 0, to: 5 * MIB }), source.fill(WHOLE)];
  for (const one of await Promise.allSettled(waiting)) expect(one).toMatchObject({ reason: { code } });
  await expect(source.fill({ from: 0, to: MIB })).rejects.toMatchObject({ code });
  await source.close();
});

test('a source that is longer than it was is another one', async () => {
  const { source } = await arriving([{}], { sizeBytes: 6 * MIB });
  await expect(source.fill(WHOLE)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  await source.close();
});

test.each([
  [0, 'EMPTY_FILE'],
  [2e9, 'UPLOAD_TOO_LARGE'],
])('%i bytes are never asked for: %s', async (sizeBytes, code) => {
  await expect(arriving([{}], { sizeBytes })).rejects.toMatchObject({ code });
});

test('a job that is over ends what is on its way', async () => {
  const reason = new Error('cancelled');
  const { source, stop } = await arriving([{ upTo: 4 * MIB, last: 'waits' }]);
  const waiting = expect(source.fill(WHOLE)).rejects.toBe(reason);
  await source.fill({ from: 0, to: 3 * MIB });
  stop.abort(reason);
  await waiting;
  await source.close();
});
