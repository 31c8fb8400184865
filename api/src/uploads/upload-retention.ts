/** How uploads are stored, whichever way they came. */
import { resources } from '@wavefleet/contracts/resources.ts';

/** What is stored says nothing of what it is: probing decides, and nobody is served this object under it. */
export const STORED_TYPE = 'application/octet-stream';

const RETENTION_DAYS =
  resources.bucket.lifecycle.find((rule) => rule.prefix === resources.bucket.prefixes.uploads)?.expireDays ??
  60;

/** Epoch seconds: the record goes when the bytes go. */
export function uploadTtl(nowMs: number): number {
  return Math.floor(nowMs / 1000) + RETENTION_DAYS * 86_400;
}
