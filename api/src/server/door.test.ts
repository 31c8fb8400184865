/** When requests begin of which many come at once. */
import { expect, test } from 'vitest';
import { Door } from './door.ts';

const ann = { address: '192.0.2.1', caller: 'ann' };
const ben = { address: '192.0.2.2', caller: 'ben' };
const drop = () => undefined;

/** Resolves when the event loop has come round once. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('one begins in a turn and the rest later, and who is alone waits for nothing', async () => {
  const door = new Door();
  let begun = 0;
  for (let each = 0; each < 5; each += 1) door.enter(ann, { begin: () => void begun++, drop });
  const seen = [begun];
  while (door.waiting > 0) {
    await turn();
    seen.push(begun);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  await turn();
  door.enter(ben, { begin: () => void begun++, drop });
  expect(begun).toBe(6);
});

test('one request of another address does not wait for a hundred of one', async () => {
  const door = new Door();
  const begun: string[] = [];
  for (let each = 0; each < 100; each += 1) door.enter(ann, { begin: () => void begun.push('ann'), drop });
  door.enter(ben, { begin: () => void begun.push('ben'), drop });
  while (door.waiting > 0) await turn();
  expect(begun.indexOf('ben')).toBe(2);
});

test('while connections come they go first, and one request begins for eight of them', async () => {
  const door = new Door();
  let begun = 0;
  for (let each = 0; each < 100; each += 1) door.enter(ann, { begin: () => void begun++, drop });
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

test('who comes when there is no room costs the address with most of them its last one', async () => {
  const door = new Door(3);
  const [begun, dropped]: [string[], string[]] = [[], []];
  const request = (name: string) => ({
    begin: () => void begun.push(name),
    drop: () => void dropped.push(name),
  });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) door.enter(ann, request(name));
  door.enter(ben, request('b1'));
  expect([begun, dropped]).toEqual([['a1'], ['a5', 'a4']]);
  while (door.waiting > 0) await turn();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
});
