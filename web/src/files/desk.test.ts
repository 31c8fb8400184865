/** The files of a visit: from being added to being converted. */
import { noAnswer, Problem } from '@wavefleet/client/problem.ts';
import { job } from '@wavefleet/client/samples.testing.ts';
import { expect, test, vi } from 'vitest';
import { browser } from './browser.testing.ts';
import type { Desk } from './desk.ts';

/** A busy machine may take seconds for anything. */
const SOON_MS = 30_000;

const mp3 = { format: 'mp3', options: {} } as const;
const flac = { format: 'flac', options: {} } as const;

const fox = () => new File(['The quick brown fox'], 'fox.wav', { lastModified: 1 });
const uploaded = (desk: Desk) =>
  vi.waitFor(() => expect(desk.cards.value[0]?.upload.phase).toBe('done'), SOON_MS);

test('what is asked while the file is on its way becomes jobs when it has arrived', async () => {
  const { open, submitted } = browser();
  const desk = await open();
  desk.add([{ file: fox() }]);
  desk.convert([mp3, flac]);
  await vi.waitFor(() => expect(submitted.map(({ format }) => format)).toEqual(['mp3', 'flac']), SOON_MS);
  await vi.waitFor(
    () => expect(desk.cards.value[0]?.plans.map(({ jobId }) => jobId)).toEqual(['mp3-job', 'flac-job']),
    SOON_MS,
  );
  expect(new Set(submitted.map(({ key }) => key)).size).toBe(2);
});

test('a submission whose answer was lost is repeated with the same key; a refusal is shown', async () => {
  const { open, submitted, troubles } = browser();
  troubles.push(noAnswer(), noAnswer());
  const desk = await open();
  desk.add([{ file: fox() }]);
  desk.convert([mp3]);
  const key = desk.cards.value[0]?.plans[0]?.key;
  await vi.waitFor(() => expect(submitted).toEqual([{ fileId: 'file-1', format: 'mp3', key }]), SOON_MS);
  troubles.push(new Problem('INVALID_OPTION', 'Not possible.', { status: 422 }));
  desk.stage(desk.cards.value[0]?.id ?? '', true);
  desk.convert([flac]);
  await vi.waitFor(
    () => expect(desk.cards.value[0]?.plans[1]?.problem?.message).toBe('Not possible.'),
    SOON_MS,
  );
  desk.submitAgain(desk.cards.value[0]?.id ?? '');
  await vi.waitFor(() => expect(desk.cards.value[0]?.plans[1]?.jobId).toBe('flac-job'), SOON_MS);
});

test('a job whose answer a reload swallowed gets no second card', async () => {
  const { open, troubles } = browser();
  const first = await open();
  first.add([{ file: fox() }]);
  await uploaded(first);
  troubles.push(new Problem('INTERNAL', 'The answer was lost.', { retryable: false }));
  first.convert([mp3]);
  await vi.waitFor(() => expect(first.cards.value[0]?.plans[0]?.problem).toBeDefined(), SOON_MS);
  const { fileId = '' } = first.cards.value[0]?.upload ?? {};
  const running = job({ jobId: 'mp3-job', status: 'processing', fileId });
  first.adopt([running]);
  expect(first.cards.value.length).toBe(1);
  const second = await open();
  second.adopt([running]);
  expect(second.cards.value.map(({ plans }) => plans.map(({ jobId }) => jobId))).toEqual([['mp3-job']]);
});

test('after a reload an unfinished upload waits for its file and goes on with it', async () => {
  const { open, server, submitted } = browser();
  server.gate = new Promise(() => {});
  const before = await open();
  before.add([{ file: fox() }]);
  before.convert([mp3]);
  await vi.waitFor(() => expect(before.cards.value[0]?.upload.fileId).toBe('file-1'), SOON_MS);
  server.parts.set(1, 'The q');
  server.gate = undefined;

  const after = await open();
  expect(after.cards.value[0]?.upload).toMatchObject({ phase: 'needsFile', sentBytes: 5, fileId: 'file-1' });
  after.add([{ file: new File(['another file, same name'], 'fox.wav', { lastModified: 2 }) }]);
  expect(after.cards.value).toHaveLength(2);
  await after.dismiss(after.cards.value[0]?.id ?? '');
  after.add([{ file: fox() }]);
  expect(after.cards.value).toHaveLength(1);
  await vi.waitFor(() => expect(submitted).toHaveLength(1), SOON_MS);
  expect(server.content()).toBe('The quick brown fox');
});

test('after a reload finished jobs are there again, and cards of deleted ones are not', async () => {
  const { open, missing } = browser();
  const before = await open();
  before.add([{ file: fox() }]);
  before.convert([mp3]);
  await vi.waitFor(() => expect(before.cards.value[0]?.plans[0]?.jobId).toBe('mp3-job'), SOON_MS);
  const after = await open();
  expect(after.cards.value[0]).toMatchObject({
    name: 'fox.wav',
    upload: { phase: 'done' },
    plans: [{ jobId: 'mp3-job' }],
  });
  missing.add('mp3-job');
  expect((await open()).cards.value).toEqual([]);
});

test('a name that hides its ending is shown as it ends, and is known again', async () => {
  const { open, server } = browser();
  server.gate = new Promise(() => {});
  // Read as `songexe.wav`.
  const disguised = () => new File(['The quick brown fox'], 'song\u202evaw.exe\n', { lastModified: 1 });
  const desk = await open();
  desk.add([{ file: disguised() }]);
  await vi.waitFor(() => expect(desk.cards.value[0]?.upload.fileId).toBe('file-1'), SOON_MS);
  expect(desk.cards.value[0]?.name).toBe('songvaw.exe');
  const later = await open();
  later.add([{ file: disguised() }]);
  expect(later.cards.value.map(({ name }) => name)).toEqual(['songvaw.exe']);
});

test('a file that does not look right is not sent until the user insists', async () => {
  const { open, server } = browser();
  const desk = await open();
  desk.add([{ file: new File(['x'], 'letter.pdf') }]);
  expect(desk.cards.value[0]).toMatchObject({ staged: false, refusal: { mayInsist: true } });
  expect(server.log).toEqual([]);
  desk.insist(desk.cards.value[0]?.id ?? '');
  await uploaded(desk);
  expect(desk.cards.value[0]?.staged).toBe(true);
});

test('taking a card away throws the unfinished upload away as well', async () => {
  const { open, server } = browser();
  server.gate = new Promise(() => {});
  const desk = await open();
  desk.add([{ file: fox() }]);
  await vi.waitFor(() => expect(desk.cards.value[0]?.upload.fileId).toBe('file-1'), SOON_MS);
  await desk.dismiss(desk.cards.value[0]?.id ?? '');
  expect(server.log).toContain('discard file-1');
  expect(desk.cards.value).toEqual([]);
});

test('taking a card away deletes an upload that no job needs, and leaves one that the history leads to', async () => {
  const { open, server } = browser();
  const desk = await open();
  desk.add([{ file: fox() }]);
  await uploaded(desk);
  await desk.dismiss(desk.cards.value[0]?.id ?? '');
  expect(server.log).toContain('discard file-1');
  desk.add([{ file: fox() }]);
  desk.convert([mp3]);
  await vi.waitFor(() => expect(desk.cards.value[0]?.plans[0]?.jobId).toBe('mp3-job'), SOON_MS);
  await desk.dismiss(desk.cards.value[0]?.id ?? '');
  expect(desk.cards.value).toEqual([]);
  expect(server.log).not.toContain('discard file-2');
});

test('a file that the server could not delete stays on the desk; one that is gone already does not', async () => {
  const { open, server } = browser();
  const desk = await open();
  desk.add([{ file: fox() }]);
  await uploaded(desk);
  const [card] = desk.cards.value;
  server.discardTrouble = noAnswer();
  await expect(desk.dismiss(card?.id ?? '')).rejects.toThrow(Problem);
  expect(desk.cards.value).toEqual([card]);
  server.discardTrouble = new Problem('UPLOAD_NOT_FOUND', 'There is no such upload.', { status: 404 });
  await desk.dismiss(card?.id ?? '');
  expect(desk.cards.value).toEqual([]);
});

test('a retry takes the place of the failed job; strangers that run get a card, once', async () => {
  const { open } = browser();
  const desk = await open();
  desk.add([{ file: fox() }]);
  desk.convert([mp3]);
  await vi.waitFor(() => expect(desk.cards.value[0]?.plans[0]?.jobId).toBe('mp3-job'), SOON_MS);
  await desk.retry('mp3-job', {});
  expect(desk.cards.value).toHaveLength(1);
  expect(desk.cards.value[0]?.plans[0]?.jobId).toBe('again');
  desk.forgetJob('again');
  expect(desk.cards.value).toEqual([]);
  const stranger = job({ jobId: 'drop', fileName: 'dropped.wav', source: 'drop' });
  desk.adopt([stranger, job({ jobId: 'old', status: 'completed' })]);
  desk.adopt([stranger]);
  expect(desk.cards.value.map(({ name }) => name)).toEqual(['dropped.wav']);
});

test('a retry whose answer was lost goes by the same key again; a further one by another', async () => {
  const { open, retried, troubles } = browser();
  const desk = await open();
  troubles.push(new Problem('NO_ANSWER', 'No answer.', { retryable: true }));
  await expect(desk.retry('failed', {})).rejects.toThrow(Problem);
  await desk.retry('failed', {});
  await desk.retry('failed', {});
  const [lost, again, further] = retried;
  expect(again).toBe(lost);
  expect(further).not.toBe(lost);
});
