/** Object events into SQS, as a bucket's notification configuration says. */
import { dropResultKey } from '@wavefleet/contracts/keys.ts';
import { resources } from '@wavefleet/contracts/resources.ts';
import { z } from 'zod';
import type { Fauxqs } from '../fauxqs.ts';
import { elements, elementText, S3Fault } from './answers.ts';
import { readSetting } from './bucket-config.ts';
import type { DiskStore, StoredObject } from './disk-store.ts';

const { drops } = resources.bucket.prefixes;
/** What counts of a result file. */
const resultSchema = z.object({ sequencer: z.string().optional() });

interface QueueRule {
  readonly id: string;
  readonly queueArn: string;
  readonly events: string[];
  readonly prefix: string;
  readonly suffix: string;
}

export class Notifications {
  readonly #disk: DiskStore;
  readonly #fauxqs: Fauxqs;
  readonly #region: string;
  /** Buckets with objects whose event is in no queue any more: queues are in memory, objects are not. */
  readonly #unannounced: Set<string>;

  constructor(disk: DiskStore, fauxqs: Fauxqs, region: string) {
    this.#disk = disk;
    this.#fauxqs = fauxqs;
    this.#region = region;
    this.#unannounced = new Set(fauxqs.s3.listBuckets().map(({ name }) => name));
  }

  /**
   * A new configuration: its queues must exist, each gets the test event that AWS sends, and then, once after a
   * start, the event of every drop that has no result yet. A drop that was already turned into a job is told
   * again with the same sequencer and hence becomes the same job.
   */
  configured(bucket: string, xml: string): void {
    const rules = parseRules(xml);
    for (const { queueArn } of rules) {
      const test = {
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: new Date().toISOString(),
        Bucket: bucket,
        RequestId: 'embedded',
        HostId: 'embedded',
      };
      if (!this.#fauxqs.send(queueArn, JSON.stringify(test))) {
        const text = `Unable to validate the following destination configurations: no queue ${queueArn}`;
        throw new S3Fault('InvalidArgument', text, 400);
      }
    }
    if (rules.length > 0 && this.#unannounced.delete(bucket)) this.#replay(bucket, rules);
  }

  created(bucket: string, object: StoredObject, event: string): void {
    const xml = readSetting(this.#disk, bucket, 'notification');
    if (xml !== undefined) this.#announce(bucket, object, event, parseRules(xml));
  }

  #replay(bucket: string, rules: QueueRule[]): void {
    const maxKeys = Number.MAX_SAFE_INTEGER;
    for (const object of this.#fauxqs.s3.listObjects(bucket, { prefix: drops, maxKeys }).objects) {
      if (!('segments' in object) || this.#hasResult(bucket, object as StoredObject)) continue;
      this.#announce(bucket, object as StoredObject, 'Put', rules);
    }
  }

  /** A result that names another drop of that key is of an older one. */
  #hasResult(bucket: string, drop: StoredObject): boolean {
    try {
      const result = this.#disk.readBody(bucket, dropResultKey(drop.key)).toString();
      if (result === '') return false;
      const { sequencer } = resultSchema.parse(JSON.parse(result));
      return sequencer === undefined || sequencer === sequencerOf(drop);
    } catch {
      return true;
    }
  }

  #announce(bucket: string, object: StoredObject, event: string, rules: QueueRule[]): void {
    const name = `ObjectCreated:${event}`;
    for (const rule of rules) {
      const { events, prefix, suffix, queueArn } = rule;
      if (!object.key.startsWith(prefix) || !object.key.endsWith(suffix)) continue;
      if (!events.includes(`s3:${name}`) && !events.includes('s3:ObjectCreated:*')) continue;
      const record = objectRecord(bucket, object, name, rule.id, this.#region);
      // No queue yet after a restart: provisioning will come, and with it the replay.
      if (!this.#fauxqs.send(queueArn, JSON.stringify({ Records: [record] }))) this.#unannounced.add(bucket);
    }
  }
}

/** One record as AWS writes it. The sequencer comes from the object, so that a replay repeats it exactly. */
function objectRecord(
  bucket: string,
  object: Pick<StoredObject, 'key' | 'contentLength' | 'etag' | 'lastModified'>,
  eventName: string,
  configurationId: string,
  region: string,
): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: object.lastModified.toISOString(),
    eventName,
    userIdentity: { principalId: 'AWS:embedded' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': 'embedded', 'x-amz-id-2': 'embedded' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: 'embedded' },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        key: encodeEventKey(object.key),
        size: object.contentLength,
        eTag: object.etag.replaceAll('"', ''),
        sequencer: sequencerOf(object),
      },
    },
  };
}

function sequencerOf({ lastModified }: Pick<StoredObject, 'lastModified'>): string {
  return lastModified.getTime().toString(16).toUpperCase().padStart(18, '0');
}

/** Percent-encoded like a form field, except that slashes stay. */
function encodeEventKey(key: string): string {
  const strict = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, strict)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

function parseRules(xml: string): QueueRule[] {
  return elements(xml, 'QueueConfiguration').map((rule) => {
    const filters = elements(rule, 'FilterRule').map((filter) => ({
      name: elementText(filter, 'Name')?.toLowerCase(),
      value: elementText(filter, 'Value') ?? '',
    }));
    return {
      id: elementText(rule, 'Id') ?? '',
      queueArn: elementText(rule, 'Queue') ?? '',
      events: elements(rule, 'Event'),
      prefix: filters.find(({ name }) => name === 'prefix')?.value ?? '',
      suffix: filters.find(({ name }) => name === 'suffix')?.value ?? '',
    };
  });
}
