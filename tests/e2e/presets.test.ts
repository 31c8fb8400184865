/** Presets of one's own: made, used by submissions and dropped files, taken elsewhere, and gone. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { uploadFile } from '@wavefleet/client/files-on-disk.ts';
import { meSchema } from '@wavefleet/contracts/people.ts';
import { dropAndWait } from '@wavefleet/localstack/demo/drop.ts';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import type { LocalProvider } from '@wavefleet/localstack/sign-in.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { depthOf } from '@wavefleet/platform/aws/messages.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everythingStored } from '../bring-up/everything-stored.ts';
import { Person } from '../bring-up/person.ts';
import { startWithSignIn } from '../bring-up/signing-in.ts';
import type { Stand } from '../bring-up/stand.ts';
import { tokenOf } from '../bring-up/token-of.ts';
import { refusal } from './refusal.ts';

let stand: Stand;
let provider: LocalProvider;
let sample: string;

beforeAll(async () => {
  ({ stand, provider } = await startWithSignIn({ DROP_OWNERS: 'radio=ann' }));
  await stand.addWorker();
  sample = join(stand.dir, 'sample.wav');
  await makeSample(sample, { seconds: 1 });
});
afterAll(async () => {
  await stand?.stop();
  await provider?.stop();
});

/** Programs of an owner that nobody has been before, or of this one. */
const clientOf = async (ownerId = `owner-${randomUUID()}`) => await stand.clientOf(ownerId);
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
const mine = { name: 'my-voice', label: 'My voice', format: 'opus', options: { channels: 1 } } as const;

describe('over HTTP', () => {
  test('presets are saved, listed by name, changed, renamed and deleted; another owner has none of them', async () => {
    const { presets } = await clientOf();
    const made = await presets.create({ ...mine, quality: '32k' });
    expect(made).toEqual({ ...mine, quality: '32k', createdAt: made.createdAt, updatedAt: made.createdAt });
    const plain = await presets.create({ name: 'aiff', format: 'aiff' });
    expect(plain).toMatchObject({ label: 'aiff', options: {} });
    expect(await presets.list()).toEqual([plain, made]);
    const changed = await presets.change('my-voice', { ...made, name: 'voice', quality: '48k' });
    expect(changed).toMatchObject({ name: 'voice', quality: '48k', createdAt: made.createdAt });
    expect(await presets.get('voice')).toEqual(changed);
    expect(await codeOf(presets.get('my-voice'))).toBe('PRESET_NOT_FOUND');
    const { presets: theirs } = await clientOf();
    expect(await theirs.list()).toEqual([]);
    expect(await codeOf(theirs.get('voice'))).toBe('PRESET_NOT_FOUND');
    expect(await codeOf(theirs.change('voice', mine))).toBe('PRESET_NOT_FOUND');
    expect(await codeOf(theirs.remove('voice'))).toBe('PRESET_NOT_FOUND');
    await presets.remove('voice');
    expect(await presets.list()).toEqual([plain]);
  });

  test('what a submission could not ask for is refused with the same code, and a built-in name is taken', async () => {
    const token = await tokenOf(stand.platform, `owner-${randomUUID()}`);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const post = async (body: object, path = '/api/presets') =>
      await refusal(await stand.request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
    const bad = [
      [{ format: 'mp9' }, '422 UNSUPPORTED_OUTPUT_FORMAT'],
      [{ format: 'mp3', options: { bitDepth: 16 } }, '422 INVALID_OPTION'],
      [{ format: 'mp3', options: { trimStart: 5, trimEnd: 5 } }, '422 INVALID_OPTION'],
      [{ format: 'mp3', options: { setCover: randomUUID() } }, '422 INVALID_OPTION'],
      [{ format: 'mp3', options: { hiss: true } }, '400 VALIDATION_ERROR'],
      [{ format: 'mp3', name: 'My Voice' }, '400 VALIDATION_ERROR'],
      [{ options: {} }, '400 VALIDATION_ERROR'],
      [{ format: 'mp3', name: 'flac' }, '409 PRESET_EXISTS'],
    ] as const;
    for (const [part, expected] of bad) {
      expect(await post({ name: 'x', ...part }), JSON.stringify(part)).toBe(expected);
      const all = {
        presets: [
          { name: 'good', format: 'mp3' },
          { name: 'x', ...part },
        ],
      };
      expect(await post(all, '/api/presets/import'), JSON.stringify(part)).toBe(expected);
    }
    expect(await (await stand.request('/api/presets', { headers })).json()).toEqual({ presets: [] });
  });

  test('twenty saved in one moment are all there, and the fifty-first is refused', async () => {
    const { presets } = await clientOf();
    const save = (index: number) => presets.create({ name: `p${index}`, format: 'mp3' });
    await Promise.all(Array.from({ length: 20 }, (_, index) => save(index)));
    const more = Array.from({ length: 30 }, (_, index) => ({ name: `q${index}`, format: 'mp3' }) as const);
    expect(await presets.import(more)).toHaveLength(50);
    expect(await codeOf(save(50))).toBe('PRESETS_LIMIT');
  });

  test('a list is taken in by another owner as it is, and what differs there is replaced when that is said', async () => {
    const [here, there] = [await clientOf(), await clientOf()];
    await here.presets.create(mine);
    const file = await here.presets.list();
    await there.presets.create({ ...mine, format: 'flac' });
    expect(await codeOf(there.presets.import(file))).toBe('PRESET_EXISTS');
    const taken = await there.presets.import(file, { replace: true });
    expect(taken).toEqual([{ ...mine, createdAt: expect.any(String), updatedAt: expect.any(String) }]);
    expect(await there.presets.import(file)).toEqual(taken);
  });
});

describe('a submission', () => {
  test('by a preset makes the job that its settings say, and keeps them whatever becomes of the preset', async () => {
    const client = await clientOf();
    const { fileId } = await uploadFile(client, sample);
    await client.presets.create({ ...mine, quality: '32k' });
    const order = { fileId, preset: 'my-voice', options: { fadeIn: 0.1 } };
    const asked = { idempotencyKey: 'k' };
    const { jobId } = await client.jobs.submit(order, asked);
    await client.presets.change('my-voice', { ...mine, format: 'flac' });
    // The same key and body: the first answer, also once the preset is another one or gone.
    expect((await client.jobs.submit(order, asked)).jobId).toBe(jobId);
    await client.presets.remove('my-voice');
    expect((await client.jobs.submit(order, asked)).jobId).toBe(jobId);
    expect(await codeOf(client.jobs.submit({ ...order, options: {} }, asked))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await codeOf(client.jobs.submit(order))).toBe('UNKNOWN_PRESET');
    expect(await client.jobs.waitForEnd(jobId)).toMatchObject({
      ...{ status: 'completed', format: 'opus', quality: '32k', options: { channels: 1, fadeIn: 0.1 } },
      output: { channels: 1, codec: 'opus' },
    });
  });

  test('by a built-in preset, with another quality', async () => {
    const client = await clientOf();
    const { fileId } = await uploadFile(client, sample);
    const { jobId } = await client.jobs.submit({ fileId, preset: 'mp3-320k', quality: '128k' });
    expect(await client.jobs.get(jobId)).toMatchObject({ format: 'mp3', quality: '128k' });
  });
});

describe('a dropped file', () => {
  const drop = (key: string) => dropAndWait(stand.env, sample, key, 20_000);

  test('is converted by the preset of whose folder it is, and by nobody else’s', async () => {
    const ann = await clientOf('ann');
    await ann.presets.create(mine);
    const { jobId } = await drop('drops/radio/my-voice/a.wav');
    expect(await ann.jobs.get(jobId ?? '')).toMatchObject({ status: 'completed', format: 'opus' });
    expect(await drop('drops/my-voice/a.wav')).toMatchObject({
      ...{ jobId: null, status: 'failed', error: { code: 'UNKNOWN_PRESET' } },
    });
    const drops = await clientOf('drops');
    await drops.presets.create({ ...mine, format: 'flac' });
    const { jobId: theirs } = await drop('drops/my-voice/b.wav');
    expect(await drops.jobs.get(theirs ?? '')).toMatchObject({ status: 'completed', format: 'flac' });
  });

  test('that is told of again after its preset has changed, or is gone, makes no other job and no other result', async () => {
    const client = await clientOf('drops');
    await client.presets.create({ ...mine, name: 'once' });
    const first = await drop('drops/once/a.wav');
    const key = 'drops/once/a.wav';
    const stored = await stand.platform.jobs.get(first.jobId ?? '');
    const { source, inputS3Location: input } = stored ?? expect.fail();
    if (source.kind !== 'drop') expect.fail();
    const object = { key, size: input.sizeBytes, eTag: input.etag, sequencer: source.sequencer };
    const record = {
      ...{ eventName: 'ObjectCreated:Put' },
      s3: { bucket: { name: input.bucket }, object: { ...object, versionId: source.version } },
    };
    const { sqs } = stand.platform.aws;
    const { DROPS_QUEUE_URL: QueueUrl = '' } = stand.env;
    const tellAgain = async () => {
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ Records: [record] }) }),
      );
      await until('it is taken in, and not put off', async () => {
        const { waiting, inFlight } = await depthOf(sqs, QueueUrl, AbortSignal.timeout(5_000));
        return waiting + inFlight === 0;
      });
    };
    await client.presets.change('once', { ...mine, name: 'once', format: 'flac' });
    await tellAgain();
    await client.presets.remove('once');
    await tellAgain();
    const { jobs } = await client.jobs.list({ name: 'a.wav', limit: 100 });
    expect(jobs.filter(({ jobId }) => jobId === first.jobId)).toMatchObject([{ format: 'opus' }]);
    const { body } = await stand.platform.objects.open('results/once/a.wav.json');
    expect(await json(body)).toMatchObject(first);
  });
});

describe('whose they are', () => {
  test('a browser’s become the account’s at sign-in, without loss of what the account has', async () => {
    const who = new Person(`http://127.0.0.1:${stand.port}`);
    await who.ask('/');
    const save = async (preset: object) => (await who.post('/api/presets', preset)).status;
    const names = async () => {
      const { presets } = (await (await who.ask('/api/presets')).json()) as { presets: { name: string }[] };
      return presets.map(({ name }) => name);
    };
    expect([await save(mine), await save({ name: 'other', format: 'wav' })]).toEqual([201, 201]);
    const browser = meSchema.parse(await (await who.ask('/api/me')).json()).ownerId;
    await who.signIn('eve');
    expect(await names()).toEqual(['my-voice', 'other']);
    expect(await stand.platform.presets.list(browser)).toEqual([]);
    await who.post('/api/auth/sign-out');
    await who.ask('/');
    expect(await names()).toEqual([]);
    expect([await save({ ...mine, format: 'flac' }), await save({ name: 'other', format: 'wav' })]).toEqual([
      201, 201,
    ]);
    await who.signIn('eve');
    expect(await names()).toEqual(['my-voice', 'my-voice-2', 'other']);
  });

  test('a browser’s are kept on while somebody looks at them, and expire; an account’s do not', async () => {
    const { presets } = stand.platform;
    const ttlOf = async (ownerId: string) => {
      const all = await everythingStored(stand.platform);
      const item = all.find((each) => each.includes(`"presets:${ownerId}"`)) ?? expect.fail();
      return (JSON.parse(item.slice(item.indexOf(' '))) as { ttl?: number }).ttl;
    };
    const [browser, account] = [`browser:${randomUUID()}`, `account:${randomUUID()}`];
    for (const ownerId of [browser, account]) await presets.create(ownerId, { ...mine });
    expect(await ttlOf(account)).toBeUndefined();
    const before = (await ttlOf(browser)) ?? 0;
    const day = 86_400;
    expect(before).toBeGreaterThan(Date.now() / 1000 + 366 * day);
    await presets.list(browser, Date.now() + 29 * day * 1000);
    expect(await ttlOf(browser)).toBe(before);
    await presets.list(browser, Date.now() + 31 * day * 1000);
    expect(await ttlOf(browser)).toBeGreaterThanOrEqual(before + 31 * day - 60);
  });

  test('they go with everything of their owner', async () => {
    const ownerId = `owner-${randomUUID()}`;
    const client = await clientOf(ownerId);
    await client.presets.create(mine);
    await client.keys.eraseEverything();
    const stored = await everythingStored(stand.platform);
    expect(stored.filter((each) => each.includes(ownerId) && !each.includes('erasure:'))).toEqual([]);
  });
});
