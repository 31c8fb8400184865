/** What the resources are called: `resources.json`, with a suffix or other names where several sets share a stack. */
import { resources } from '@wavefleet/contracts/resources.ts';

export type QueueName = keyof typeof resources.queues;
export type TableName = keyof typeof resources.tables;

export interface ResourceNames {
  readonly bucket: string;
  readonly tables: Readonly<Record<TableName, string>>;
  readonly queues: Readonly<Record<QueueName, { readonly name: string; readonly deadLetter: string }>>;
  readonly bus: string;
}

/** @param suffix appended to every name, e.g. `-t1`: lower-case letters, digits and hyphens (it names a bucket too). */
export function resourceNames(suffix = ''): ResourceNames {
  const { tables, queues, bucket, events } = resources;
  const queue = (name: QueueName) => ({
    name: queues[name].name + suffix,
    deadLetter: queues[name].deadLetter.name + suffix,
  });
  return {
    bucket: bucket.name + suffix,
    tables: {
      jobs: tables.jobs.name + suffix,
      progress: tables.progress.name + suffix,
      uploads: tables.uploads.name + suffix,
      accounts: tables.accounts.name + suffix,
      webhooks: tables.webhooks.name + suffix,
    },
    queues: {
      jobs: queue('jobs'),
      drops: queue('drops'),
      events: queue('events'),
      notices: queue('notices'),
    },
    bus: events.bus + suffix,
  };
}
