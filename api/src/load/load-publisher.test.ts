/** The line that CloudWatch makes metrics of (AWS: "Specification: Embedded metric format"). */
import { expect, test } from 'vitest';
import { lineOf } from './load-publisher.ts';

test('every figure is a metric of one moment and one namespace, without dimensions', () => {
  const load = {
    backlog: 40,
    oldestWaitingSeconds: 12.5,
    slots: { running: 8, busy: 6 },
    deadLetters: 1,
    meanJobSeconds: 15,
  };
  expect(lineOf(load, 60, 'wavefleet/test', 1_700_000_000_000)).toEqual({
    Backlog: 40,
    StrandedBacklog: 0,
    OldestWaitingSeconds: 12.5,
    RunningSlots: 8,
    BusySlots: 6,
    DesiredLoad: 2,
    MeanJobSeconds: 15,
    DeadLetters: 1,
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'wavefleet/test',
          Dimensions: [[]],
          Metrics: [
            { Name: 'Backlog', Unit: 'Count' },
            { Name: 'StrandedBacklog', Unit: 'Count' },
            { Name: 'OldestWaitingSeconds', Unit: 'Seconds' },
            { Name: 'RunningSlots', Unit: 'Count' },
            { Name: 'BusySlots', Unit: 'Count' },
            { Name: 'DesiredLoad', Unit: 'None' },
            { Name: 'MeanJobSeconds', Unit: 'Seconds' },
            { Name: 'DeadLetters', Unit: 'Count' },
          ],
        },
      ],
    },
  });
});

test('without a slot the whole backlog is stranded, and there is no load', () => {
  const load = { backlog: 3, slots: { running: 0, busy: 0 }, deadLetters: 0, meanJobSeconds: 15 };
  expect(lineOf({ ...load, oldestWaitingSeconds: 7 }, 60, 'n', 1)).toMatchObject({
    StrandedBacklog: 3,
    RunningSlots: 0,
    DesiredLoad: undefined,
  });
});

test('what Redis does not tell is no metric: no fleet is taken for empty over it', () => {
  const load = { backlog: 3, slots: undefined, deadLetters: 0, meanJobSeconds: 15 };
  const line = lineOf({ ...load, oldestWaitingSeconds: undefined }, 60, 'n', 1);
  expect(line._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name)).toEqual([
    'Backlog',
    'MeanJobSeconds',
    'DeadLetters',
  ]);
  expect(Object.keys(JSON.parse(JSON.stringify(line)))).toEqual([
    'Backlog',
    'MeanJobSeconds',
    'DeadLetters',
    '_aws',
  ]);
});
