/**
 * The names and shapes of everything the fleet keeps outside itself, read from `resources.json`.
 * `localstack/src/provision.ts` creates from the same file and Terraform reads it with `jsondecode`,
 * so that nothing is described twice.
 */
import raw from './resources.json' with { type: 'json' };

/** Tables, queues, bucket and events as the JSON file has them. */
export const resources = raw;

/** After how many days the bucket's own rule removes what lies below that prefix; undefined where it has none. */
export function expireDaysOf(prefix: string): number | undefined {
  return raw.bucket.lifecycle.find((rule) => rule.prefix === prefix)?.expireDays;
}

/**
 * How many partitions each kind of reminder in the sparse `due` index is spread over: `dueShard` is 0..7 while somebody
 * must act on a job if nobody did, 16..23 once it is over, until it is told, and then 8..15, until it expires.
 */
export const DUE_SHARDS = 8;
