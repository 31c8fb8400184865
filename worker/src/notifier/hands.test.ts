/** Who may try at once, with sixteen hands. */
import { expect, test } from 'vitest';
import { Hands } from './hands.ts';

const of = (ownerId: string, webhookId: string) => ({ ownerId, webhookId });

/** How many of twenty tries may begin. */
function begun(hands: Hands, who: ReturnType<typeof of>): number {
  return Array.from({ length: 20 }, () => hands.take(who)).filter((over) => over !== undefined).length;
}

test('an endpoint that nobody knows has a quarter, its owner half, and all that are not quick three quarters', () => {
  const hands = new Hands(16);
  expect([begun(hands, of('a', 'a1')), begun(hands, of('a', 'a2')), begun(hands, of('a', 'a3'))]).toEqual([
    4, 4, 0,
  ]);
  expect([begun(hands, of('b', 'b1')), begun(hands, of('c', 'c1'))]).toEqual([4, 0]);
});

test('a quick one has as many as there are, unless others are about: then its owner has half with all of them', () => {
  let now = 0;
  const hands = new Hands(16, () => now);
  for (const quick of ['a1', 'a2', 'b1']) hands.took(quick, 20);
  const overs = Array.from({ length: 20 }, () => hands.take(of('a', 'a1')));
  expect(overs.every((over) => over !== undefined)).toBe(true);
  for (const over of overs) over?.();
  hands.take(of('b', 'b1'))?.();
  expect([begun(hands, of('a', 'a1')), begun(hands, of('a', 'a2')), begun(hands, of('b', 'b1'))]).toEqual([
    8, 0, 8,
  ]);
  now += 61_000;
  expect(begun(hands, of('a', 'a1'))).toBe(20);
});

test('a quick one that is slow once is no longer quick, and what has ended makes room', () => {
  const hands = new Hands(16);
  hands.took('a1', 20);
  hands.take(of('a', 'a1'))?.();
  hands.took('a1', 5_000);
  const overs = Array.from({ length: 4 }, () => hands.take(of('a', 'a1')));
  expect(begun(hands, of('a', 'a1'))).toBe(0);
  for (const over of overs.slice(1)) over?.();
  expect(begun(hands, of('a', 'a1'))).toBe(3);
});

test('a notifier with one hand tries all the same', () => {
  expect(new Hands(1).take(of('a', 'a1'))).toBeDefined();
});
