/** Tabs of one browser: each has a desk, and all of them one memory. */
import { job } from '@wavefleet/client/samples.testing.ts';
import { expect, test, vi } from 'vitest';
import { browser } from './browser.testing.ts';
import type { Desk } from './desk.ts';

/** A busy machine may take seconds for anything. */
const SOON_MS = 30_000;
const mp3 = { format: 'mp3', options: {} } as const;

const file = (name: string) => new File(['The quick brown fox'], name, { lastModified: 1 });
const names = (desk: Desk) => desk.cards.value.map(({ name }) => name).sort();
const uploaded = (desk: Desk) =>
  vi.waitFor(
    () => expect(new Set(desk.cards.value.map(({ upload }) => upload.phase))).toEqual(new Set(['done'])),
    SOON_MS,
  );
const converted = (desk: Desk) =>
  vi.waitFor(() => expect(desk.cards.value[0]?.plans[0]?.jobId).toBe('mp3-job'), SOON_MS);

test('a tab keeps what another one has put on the desk, and takes off only what is its own', async () => {
  const { open } = browser();
  const one = await open();
  const other = await open();
  one.add([{ file: file('one.wav') }]);
  await uploaded(one);
  other.add([{ file: file('other.wav') }, { file: file('another.wav') }]);
  await uploaded(other);
  expect(names(await open())).toEqual(['another.wav', 'one.wav', 'other.wav']);
  await one.dismiss(one.cards.value[0]?.id ?? '');
  other.stage(other.cards.value[0]?.id ?? '', false);
  expect(names(await open())).toEqual(['another.wav', 'other.wav']);
});

test('what a tab has heard of a card before does not take the place of what another one knows by now', async () => {
  const { open } = browser();
  const one = await open();
  one.add([{ file: file('fox.wav') }]);
  await uploaded(one);
  const other = await open();
  one.convert([mp3]);
  await converted(one);
  other.add([{ file: file('other.wav') }]);
  await uploaded(other);
  const fox = (await open()).cards.value.find(({ name }) => name === 'fox.wav');
  expect(fox?.plans[0]?.jobId).toBe('mp3-job');
});

test('a job that another tab has ordered lies on that tab’s card, and on no second one', async () => {
  const { open, all } = browser();
  const one = await open();
  const other = await open();
  one.add([{ file: file('fox.wav') }]);
  one.convert([mp3]);
  await converted(one);
  other.adopt([job({ jobId: 'mp3-job', fileId: 'file-1' })]);
  expect(other.cards.value.map(({ id }) => id)).toEqual(one.cards.value.map(({ id }) => id));
  await vi.waitFor(() => expect(all.value.has('mp3-job')).toBe(true), SOON_MS);
  expect(names(await open())).toEqual(['fox.wav']);
});

test('a file that waits to be chosen waits no more once another tab has sent it', async () => {
  const { open, server } = browser();
  const gate = Promise.withResolvers<void>();
  server.gate = gate.promise;
  const one = await open();
  one.add([{ file: file('fox.wav') }]);
  await vi.waitFor(() => expect(one.cards.value[0]?.upload.fileId).toBe('file-1'), SOON_MS);
  const other = await open();
  expect(other.cards.value[0]?.upload.phase).toBe('needsFile');
  one.convert([mp3]);
  gate.resolve();
  await converted(one);
  other.catchUp();
  await converted(other);
  expect(other.cards.value[0]?.upload.phase).toBe('done');
});

test('five hundred files are written down at once, and are all there after a reload', async () => {
  const { open, onWrite } = browser();
  const desk = await open();
  desk.add(Array.from({ length: 500 }, (_, i) => ({ file: file(`${i}.wav`) })));
  let writes = 0;
  onWrite(() => {
    writes += 1;
  });
  desk.convert([mp3]);
  expect(writes).toBe(1);
  expect((await open()).cards.value.map(({ plans }) => plans.length)).toEqual(Array(500).fill(1));
});

test('what did not fit into the storage is written down with the next change, once there is room', async () => {
  const { open, onWrite } = browser();
  const desk = await open();
  onWrite(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  desk.add([{ file: file('fox.wav') }]);
  await uploaded(desk);
  onWrite(() => {});
  desk.add([{ file: file('other.wav') }]);
  expect(names(await open())).toEqual(['fox.wav', 'other.wav']);
});

test('a card that another version of the page has left is neither shown nor lost', async () => {
  const { open, kept } = browser();
  const desk = await open();
  desk.add([{ file: file('fox.wav') }]);
  const [key = '', value = ''] = [...kept][0] ?? [];
  kept.set(key, value.replace('[', '[{"id":"of-tomorrow","hologram":true},'));
  const later = await open();
  expect(names(later)).toEqual(['fox.wav']);
  later.stage(later.cards.value[0]?.id ?? '', false);
  expect(kept.get(key)).toContain('{"id":"of-tomorrow","hologram":true}');
});
