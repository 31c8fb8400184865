/** A link as the job's owner sees it. */
import { type Share, type ShareView, shareState } from '@wavefleet/contracts/shares.ts';

/** Leaves the hash out. */
export function shareView(shareId: string, share: Share): ShareView {
  const { createdAt, expiresAt, maxDownloads, downloads } = share;
  return {
    shareId,
    createdAt,
    expiresAt: new Date(expiresAt).toISOString(),
    maxDownloads,
    downloads,
    state: shareState(share, Date.now()),
  };
}
