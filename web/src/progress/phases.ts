/** The three phases that people see, made of the browser's upload and of what the server reports. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { bytes, clock, perSecond, timeLeft } from '../text/amounts.ts';

/** Share of each phase in the whole bar, in percent. The upload's own share is the way to the server; the worker's fetching is the rest. */
export const phaseBounds = { upload: [0, 30], convert: [30, 90], store: [90, 100] } as const;
const SENT_SHARE = 25;

/** Where the server's own scale (download 0–10, convert 10–90, store 90–100) lies on ours. */
function fromServer(percent: number): number {
  if (percent <= 10) return SENT_SHARE + (percent / 10) * (30 - SENT_SHARE);
  if (percent <= 90) return 30 + ((percent - 10) / 80) * 60;
  return percent;
}

/**
 * Percent of the whole way from this browser to the stored result.
 * @param sent fraction of the file that has reached the server, 1 when all of it has.
 */
export function overallPercent(sent: number, view: ProgressView | undefined): number {
  if (view === undefined || view.progress < 0) return SENT_SHARE * Math.min(1, Math.max(0, sent));
  return fromServer(view.progress);
}

const stageText: Record<ProgressView['stage'], string> = {
  waiting: 'Waiting for a free worker',
  claim: 'A worker has taken it',
  download: 'The worker fetches your file',
  probe: 'Looking at what is inside',
  convert: 'Converting',
  verify: 'Checking the result',
  upload: 'Storing the result',
  complete: 'Finishing',
  announce: 'Finishing',
  done: 'Done',
};

/** One line on what happens now: `Converting · 0:41 of 3:07 · 52 × real time · 3 s left`. */
export function stageLine(view: ProgressView): string {
  const parts = [stageText[view.stage]];
  if (view.stage === 'convert' && view.currentTime !== null && view.totalDuration !== null)
    parts.push(`${clock(view.currentTime)} of ${clock(view.totalDuration)}`);
  if (
    (view.stage === 'download' || view.stage === 'upload') &&
    view.uploadedSize !== null &&
    view.totalSize !== null
  )
    parts.push(`${bytes(view.uploadedSize)} of ${bytes(view.totalSize)}`);
  if (view.stage === 'convert' && view.speed !== null && view.speed > 0)
    parts.push(`${view.speed < 10 ? view.speed.toFixed(1) : Math.round(view.speed)} × real time`);
  if (view.attempt > 1 && view.stage !== 'done') parts.push(`try ${view.attempt}`);
  if (view.estimatedTimeRemaining !== null && view.stage !== 'done' && view.stage !== 'waiting')
    parts.push(`${timeLeft(view.estimatedTimeRemaining)} left`);
  return parts.join(' · ');
}

/** The same for the way to the server: `Uploading · 12 MB of 40 MB · 8.1 MB/s · 4 s left`. */
export function uploadLine(state: {
  sentBytes: number;
  totalBytes: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
}): string {
  const parts = ['Uploading', `${bytes(state.sentBytes)} of ${bytes(state.totalBytes)}`];
  if (state.bytesPerSecond !== null) parts.push(perSecond(state.bytesPerSecond));
  if (state.secondsLeft !== null) parts.push(`${timeLeft(state.secondsLeft)} left`);
  return parts.join(' · ');
}
