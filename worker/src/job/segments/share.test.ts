/** What who joins leaves to others, of results as they may stand. */
import { expect, test } from 'vitest';
import { isNeeded, type Standing } from './share.ts';

const begun: Standing = { free: 29, helped: [0, 0], unjoined: 32, isLastBegun: false, lanes: 1 };
const half = (helpers: number): number[] => new Array<number>(helpers).fill(0.5);

test.each<[string, Partial<Standing>, boolean]>([
  ['nobody helps', { helped: [] }, true],
  ['one helps who has one core, as we have', { helped: half(1), free: 1 }, true],
  ['no more help than we have cores', { helped: half(4), lanes: 4, free: 1 }, true],
  ['two help, and nearly all is to be done', {}, true],
  ['seven help, and nearly all is to be done', { helped: half(7), free: 29 }, false],
  [
    'seven help with twice as much, of which most is joined',
    { helped: half(7), free: 60, unjoined: 5 },
    true,
  ],
  ['three help, in the middle of it', { helped: half(3), free: 16, unjoined: 20 }, true],
  ['three help, and little is left', { helped: half(3), free: 3, unjoined: 8 }, false],
  [
    'three help, little is left, and the last one is made',
    { helped: half(3), free: 6, unjoined: 8, isLastBegun: true },
    true,
  ],
])('%s', (_, standing, is) => {
  expect(isNeeded({ ...begun, ...standing })).toBe(is);
});
