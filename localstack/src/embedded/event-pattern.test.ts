/** EventBridge patterns, by the examples of AWS. */
import { expect, test } from 'vitest';
import { type EventPattern, eventPattern, matchesPattern } from './event-pattern.ts';

const event = {
  source: 'wavefleet',
  'detail-type': 'Job Completed',
  detail: { status: 'completed', attempt: 2, owner: { id: 'a-1' }, formats: ['mp3', 'flac'], error: null },
};

const cases: [string, EventPattern, boolean][] = [
  ['an empty pattern takes all', {}, true],
  ['exact values, one of several', { source: ['other', 'wavefleet'] }, true],
  ['every field must hold', { source: ['wavefleet'], 'detail-type': ['Job Failed'] }, false],
  ['nested fields', { detail: { owner: { id: ['a-1'] } } }, true],
  ['numbers are not strings', { detail: { attempt: ['2'] } }, false],
  ['null is a value', { detail: { error: [null] } }, true],
  ['a missing field is not null', { detail: { absent: [null] } }, false],
  ['prefix', { 'detail-type': [{ prefix: 'Job ' }] }, true],
  ['suffix', { 'detail-type': [{ suffix: 'Failed' }] }, false],
  ['any element of an array', { detail: { formats: ['flac'] } }, true],
  ['anything but a value', { detail: { status: [{ 'anything-but': 'failed' }] } }, true],
  [
    'anything but one of several',
    { detail: { status: [{ 'anything-but': ['failed', 'completed'] }] } },
    false,
  ],
  ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'wave' } }] }, false],
  ['anything-but needs the field', { detail: { absent: [{ 'anything-but': 'x' }] } }, false],
  ['exists', { detail: { status: [{ exists: true }] } }, true],
  ['exists: false', { detail: { status: [{ exists: false }] } }, false],
  ['exists: false on a missing parent', { detail: { gone: { id: [{ exists: false }] } } }, true],
  ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'WaveFleet' }] }, true],
];

test.each(cases)('%s', (_name, pattern, expected) => {
  expect(matchesPattern(eventPattern.parse(pattern), event)).toBe(expected);
});

test('a pattern that we would misread is refused', () => {
  for (const pattern of [{ source: 'bare' }, { source: [] }, { detail: { n: [{ numeric: ['>', 1] }] } }]) {
    expect(eventPattern.safeParse(pattern).success).toBe(false);
  }
});
