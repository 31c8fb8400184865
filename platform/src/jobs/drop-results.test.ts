/** Which of two drops of one key came later. */
import { expect, test } from 'vitest';
import { isNewer } from './drop-results.ts';

const early = '2026-11-01T10:00:00Z';
const late = '2026-11-01T10:00:00.500Z';

test.each([
  [{ sequencer: '0B' }, { sequencer: '0A' }, true],
  [{ sequencer: '0A' }, { sequencer: '0B' }, false],
  [{ sequencer: '0a' }, { sequencer: '0A' }, false],
  // Padded on the right, as AWS says.
  [{ sequencer: '1' }, { sequencer: '0FF' }, true],
  [{ sequencer: '0A' }, { sequencer: '0A00' }, false],
  [{ sequencer: '0A01' }, { sequencer: '0A' }, true],
  [{ eventTime: late }, { eventTime: early }, true],
  [{ eventTime: early }, { eventTime: late }, false],
  // What cannot be compared is not newer.
  [{ sequencer: '0B' }, { eventTime: early }, false],
  [{ sequencer: '0B', eventTime: late }, { sequencer: null, eventTime: early }, true],
  [{}, { sequencer: '0A' }, false],
])('%j is newer than %j: %j', (a, b, newer) => {
  expect(isNewer(a, b)).toBe(newer);
});
