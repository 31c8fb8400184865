/** Links to a result for whoever has no account: what is asked for, what is kept of them, what their maker sees. */
import { z } from 'zod';

/** A week. */
const DEFAULT_SECONDS = 7 * 86_400;
const LEAST_SECONDS = 60;
const MOST_SECONDS = 3_650 * 86_400;
const MOST_DOWNLOADS = 1_000_000;

/** Links of one job that work at a time. */
export const MAX_SHARES_OF_JOB = 20;

/** Where the page of a link is. @param token as it was given out. */
export function sharePath(token: string): string {
  return `/s/${token}`;
}

export const shareBodySchema = z.strictObject({
  /** From now on. No link outlives its job. */
  expiresInSeconds: z.int().min(LEAST_SECONDS).max(MOST_SECONDS).default(DEFAULT_SECONDS),
  /** So often the file is sent; each time counts as it begins. Default: as often as somebody asks. */
  maxDownloads: z.int().min(1).max(MOST_DOWNLOADS).optional(),
});
/** What a link is asked for. All of it may be left out. */
export type ShareBody = z.input<typeof shareBodySchema>;

/** A link as its job's record keeps it, under its id: who reads the record cannot make the address from it. */
export const shareSchema = z.object({
  /** SHA-256 of the secret, in base64url. */
  hash: z.string(),
  createdAt: z.iso.datetime(),
  /** Epoch ms. */
  expiresAt: z.int(),
  maxDownloads: z.int().optional(),
  downloads: z.int().nonnegative(),
  /** Made up for the download that was counted last: who counted it and got no answer knows it again. */
  lastDownload: z.string().optional(),
});
export type Share = z.infer<typeof shareSchema>;

/** A link as the job's owner sees it. Its address is told once, when it is made. */
const shareViewSchema = z.object({
  shareId: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  maxDownloads: z.int().optional(),
  downloads: z.int().nonnegative(),
  /** Whether it still leads anywhere, its job's result being there. */
  state: z.enum(['works', 'expired', 'used-up']),
});
export type ShareView = z.infer<typeof shareViewSchema>;

export const sharedSchema = shareViewSchema.extend({
  /** On this server: `/s/` and the token. Not told again: only a hash of the token is kept. */
  path: z.string(),
});
export type Shared = z.infer<typeof sharedSchema>;

export const shareListSchema = z.object({ shares: z.array(shareViewSchema) });

/** @param now epoch ms. */
export function shareState(
  { expiresAt, maxDownloads, downloads }: Pick<Share, 'expiresAt' | 'maxDownloads' | 'downloads'>,
  now: number,
): ShareView['state'] {
  if (expiresAt <= now) return 'expired';
  return maxDownloads !== undefined && downloads >= maxDownloads ? 'used-up' : 'works';
}
