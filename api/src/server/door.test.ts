/** When requests begin of which many come at once. */
import { expect, test } from 'vitest';
import { Door } from './door.ts';

/** Resolves when the event loop has come round once. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('one begins in a turn and the rest later, and who is alone waits for nothing', async () => {
  const door = new Door();
  let begun = 0;
  for (let each = 0; each < 5; each += 1) door.enter('ann', () => begun++);
  const seen = [begun];
  while (door.waiting > 0) {
    await turn();
    seen.push(begun);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  await turn();
  door.enter('ben', () => begun++);
  expect(begun).toBe(6);
});

test('one request under another name does not wait for a hundred of one name', async () => {
  const door = new Door();
  const begun: string[] = [];
  for (let each = 0; each < 100; each += 1) door.enter('ann', () => begun.push('ann'));
  door.enter('ben', () => begun.push('ben'));
  while (door.waiting > 0) await turn();
  expect(begun.indexOf('ben')).toBe(2);
});

test('while connections come they go first, and one request begins for eight of them', async () => {
  const door = new Door();
  let begun = 0;
  for (let each = 0; each < 100; each += 1) door.enter('ann', () => begun++);
  for (let each = 0; each < 40; each += 1) {
    door.connected();
    await turn();
  }
  // The one that found nobody, and each after eight.
  expect(begun).toBe(6);
  await turn();
  await turn();
  expect(begun).toBe(8);
});
