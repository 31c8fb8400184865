/**
 * Publishes the load of the fleet, for autoscaling and alarms: a line in the log that is a set of metrics as well
 * (AWS: "Specification: Embedded metric format"). One API does it for all; see `docs/decisions/016-one-load-metric.md`.
 */
import { every } from '@wavefleet/platform/every.ts';
import type { FieldsOf } from '@wavefleet/platform/log/table.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { Post } from '@wavefleet/platform/upkeep/post.ts';
import { desiredLoad, type FleetLoad, measureLoad } from './fleet-load.ts';

type LoadLine = FieldsOf<'load.measured'>;
type Measured = Omit<LoadLine, '_aws'>;

const units: Readonly<Record<keyof Measured, 'Count' | 'Seconds' | 'None'>> = {
  Backlog: 'Count',
  StrandedBacklog: 'Count',
  OldestWaitingSeconds: 'Seconds',
  RunningSlots: 'Count',
  BusySlots: 'Count',
  DesiredLoad: 'None',
  MeanJobSeconds: 'Seconds',
  DeadLetters: 'Count',
};

/**
 * Publishes every METRICS_EVERY_MS while this process has the post; nothing without METRICS_NAMESPACE. Answers the
 * function that ends it.
 */
export function startLoadPublisher(platform: Platform): () => Promise<void> {
  const { config, duties, log } = platform;
  const { METRICS_NAMESPACE: namespace, METRICS_EVERY_MS: everyMs } = config;
  if (namespace === undefined) return async () => undefined;
  const post = new Post(duties, 'measure', everyMs);
  const stop = every(
    { everyMs, firstMs: 0 },
    async () => {
      const had = post.isMine;
      if (!(await post.take())) return;
      if (!had) log.say('load.taken-on');
      const atMs = Date.now();
      const load = await measureLoad(platform);
      // Who measured for longer than its term has a successor, whose figures are newer.
      if (post.isMine) log.say('load.measured', lineOf(load, config.TARGET_LATENCY_SECONDS, namespace, atMs));
    },
    (error) => log.say('load.failed', { err: error }),
  );
  return async () => {
    await stop();
    await post.leave();
  };
}

/**
 * The line. What is not known is left out, and CloudWatch has no datapoint of it.
 * @param atMs epoch ms of the look: all its metrics are of that moment, however late the line arrives.
 */
export function lineOf(load: FleetLoad, targetSeconds: number, namespace: string, atMs: number): LoadLine {
  const { backlog, slots } = load;
  const all: Measured = {
    Backlog: backlog,
    // Its own metric, so that an alarm needs no expression of two.
    StrandedBacklog: slots && (slots.running === 0 ? backlog : 0),
    OldestWaitingSeconds: load.oldestWaitingSeconds,
    RunningSlots: slots?.running,
    BusySlots: slots?.busy,
    DesiredLoad: desiredLoad(load, targetSeconds),
    MeanJobSeconds: load.meanJobSeconds,
    DeadLetters: load.deadLetters,
  };
  const metrics = Object.entries(units).flatMap(([Name, Unit]) =>
    all[Name as keyof Measured] === undefined ? [] : [{ Name, Unit }],
  );
  return {
    ...all,
    _aws: {
      Timestamp: atMs,
      // One set of dimensions, which is empty: the namespace is the fleet's.
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
    },
  };
}
