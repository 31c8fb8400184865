/** Notices whose message was lost, as the queue of a single machine is when it stops: their records remind of them. */
import { DUE_SHARDS } from '@wavefleet/contracts/resources.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** A message that was sent again is given so long to be seen. */
const NEXT_MS = 300_000;

/**
 * One look at all reminders. @returns how many were woken. @throws SDK errors; the next look goes on.
 * @param horizonMs epoch ms up to which reminders count as due; later than now when the queue is known to be lost.
 */
export async function wakeLost(
  { dueNotices, notices, log }: Pick<Platform, 'dueNotices' | 'notices' | 'log'>,
  { horizonMs = Date.now() } = {},
): Promise<number> {
  let woken = 0;
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    for (const { id, dueAt } of await dueNotices.due(shard, horizonMs)) {
      const notice = await dueNotices.remindLater(id, dueAt, Date.now() + NEXT_MS);
      if (notice === undefined) continue;
      await notices.wake(notice);
      woken += 1;
    }
  }
  if (woken > 0) log.say('notice.woken', { count: woken });
  return woken;
}
