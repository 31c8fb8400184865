/** What screen readers are told. */
import { expect, test } from 'vitest';
import { Announcer } from './announcer.ts';

function stand() {
  let now = 0;
  let waiting: { work: () => void; at: number }[] = [];
  const announcer = new Announcer(
    () => now,
    (work, ms) => waiting.push({ work, at: now + ms }),
  );
  const heard: string[] = [];
  announcer.said.subscribe(() => heard.push(announcer.said.value));
  const pass = (ms: number) => {
    now += ms;
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { work } of due) work();
  };
  return { announcer, heard, pass };
}

test('ends are all said, one after the other, also when the words are the same', () => {
  const { announcer, heard, pass } = stand();
  announcer.say('a is done');
  announcer.say('b is done');
  announcer.say('b is done');
  expect(heard).toEqual(['a is done']);
  pass(2_500);
  pass(2_500);
  expect(heard).toEqual(['a is done', 'b is done', 'b is done\u00a0']);
});

test('progress is said now and then, and gives way to ends', () => {
  const { announcer, heard, pass } = stand();
  announcer.mention('10 %');
  announcer.mention('11 %');
  pass(2_500);
  announcer.mention('12 %');
  expect(heard).toEqual(['10 %']);
  pass(10_000);
  announcer.say('done');
  announcer.mention('99 %');
  pass(2_500);
  expect(heard).toEqual(['10 %', 'done']);
});

test('ends that come faster than they can be heard are summed up, and nothing else is lost', () => {
  const { announcer, heard, pass } = stand();
  announcer.say('1 is done', 'done');
  for (let i = 2; i <= 200; i += 1) announcer.say(`${i} is done`, i % 50 === 0 ? 'failed' : 'done');
  announcer.say('Link copied');
  for (let i = 0; i < 4; i += 1) pass(2_500);
  expect(heard).toEqual(['1 is done', '195 more conversions done, 4 failed.', 'Link copied']);
});
