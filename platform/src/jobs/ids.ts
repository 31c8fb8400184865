/** Ids that are derived, so that the same cause always makes the same job. */
import { createHash } from 'node:crypto';
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';

/** A UUID (version 8, RFC 9562: custom) from the SHA-256 of the parts; parts cannot run into each other. */
export function derivedJobId(...parts: string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The first id that an `Idempotency-Key` makes. It is made from the owner: nobody comes upon somebody else's job. */
export function idOfKey(ownerId: string, key: string): string {
  return derivedJobId('idempotency', ownerId, key);
}

/** SHA-256 of a value's JSON with sorted keys: equal requests have equal fingerprints. */
export function fingerprintOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/** The partition of the `due` index that a job belongs to until it is over. */
export function dueShardOf(jobId: string): number {
  return Number.parseInt(jobId.slice(-2), 16) % DUE_SHARDS;
}

/** The partition that it belongs to once it is over and untold: however many those are, they hide no orphan. */
export function endingShardOf(jobId: string): number {
  return 2 * DUE_SHARDS + dueShardOf(jobId);
}

/** The partition that it belongs to once it is over and told: what waits for its end there hides nothing urgent. */
export function expiryShardOf(jobId: string): number {
  return DUE_SHARDS + dueShardOf(jobId);
}
