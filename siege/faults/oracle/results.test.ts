/** What passes for a result, and what does not. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenResults } from './results.ts';
import { soundOf } from './sound.ts';

let dir: string;
let wav: Buffer;
let flac: Buffer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wavefleet-results-'));
  await makeSample(join(dir, 'source.wav'), { seconds: 0.5 });
  await makeSample(join(dir, 'result.flac'), { seconds: 0.5, codec: ['-sample_fmt', 's16'] });
  await makeSample(join(dir, 'other.flac'), { seconds: 0.4 });
  wav = await readFile(join(dir, 'source.wav'));
  flac = await readFile(join(dir, 'result.flac'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What is found of one job whose record has the very sum of what lies in S3. */
async function foundOf(bytes: Buffer): Promise<string[]> {
  const open = async () => ({
    ...{ body: Readable.from([bytes]), sizeBytes: bytes.length },
    ...{ contentRange: undefined, etag: 'any', etagIsSum: false },
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const job = { jobId: 'j', status: 'completed', outputS3Location: { key: 'any', sha256 } } as const;
  const sound = { seconds: 0.5, md5: (await soundOf(wav))?.md5 };
  return await brokenResults({ open }, [{ jobId: 'j', sound }], [job]);
}

test('the sound of its source is a result, in WAV as in FLAC', async () => {
  expect([await foundOf(wav), await foundOf(flac)]).toEqual([[], []]);
});

test('cut in half it is none, though its header is whole and its record has the sum of the half', async () => {
  for (const whole of [wav, flac])
    expect(await foundOf(whole.subarray(0, whole.length / 2))).toEqual(['(c) the result of job j is broken']);
});

test('with one byte of sound changed it is none', async () => {
  const changed = Buffer.from(flac);
  const at = flac.length - 1_000;
  changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
  expect(await foundOf(changed)).toEqual(['(c) the result of job j is broken']);
});

test('of another length it is none, however whole it is', async () => {
  const other = await readFile(join(dir, 'other.flac'));
  expect(await foundOf(other)).toEqual([expect.stringMatching(/lasts 0\.4 s, not 0\.5$/)]);
});
