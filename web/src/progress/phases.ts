/** The three phases that people see, made of the browser's upload and of what the server reports. */
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { phaseRange, stageText } from '@wavefleet/contracts/stages.ts';
import { bytes, clock, perSecond, timeLeft } from '../text/amounts.ts';

/** The way to the server comes on top of the server's own scale; on ours it takes this much of the first phase. */
const SENT_SHARE = 25;
/** Where the first phase ends on our scale: the rest of it is the worker's fetching. */
const FIRST_PHASE_END = 30;
const [, fetchedAt] = phaseRange(1);
const [convertFrom, convertTo] = phaseRange(2);

/** Where each phase begins and ends in the whole bar, in percent. */
export const phaseBounds = {
  upload: [0, FIRST_PHASE_END],
  convert: [FIRST_PHASE_END, convertTo],
  store: phaseRange(3),
} as const;

/** The server's scale on ours: the first phase is squeezed behind the upload, the second stretched to meet it. */
function fromServer(percent: number): number {
  if (percent <= fetchedAt) return SENT_SHARE + (percent / fetchedAt) * (FIRST_PHASE_END - SENT_SHARE);
  if (percent > convertTo) return percent;
  const done = (percent - convertFrom) / (convertTo - convertFrom);
  return FIRST_PHASE_END + done * (convertTo - FIRST_PHASE_END);
}

/**
 * Percent of the whole way from this browser to the stored result.
 * @param sent fraction of the file that has reached the server, 1 when all of it has.
 */
export function overallPercent(sent: number, view: ProgressView | undefined): number {
  if (view === undefined || view.progress < 0) return SENT_SHARE * Math.min(1, Math.max(0, sent));
  return fromServer(view.progress);
}

function textOf(step: ProgressView['step']): string {
  if (step === 'waiting') return 'Waiting for a free worker';
  return step === 'done' ? 'Done' : stageText(step);
}

/** One line on what happens now: `Converting · 0:41 of 3:07 · 52 × real time · 3 s left`. */
export function stageLine(view: ProgressView): string {
  const parts = [textOf(view.step)];
  if (view.step === 'convert' && view.currentSeconds !== null) parts.push(convertedOf(view));
  if (
    (view.step === 'download' || view.step === 'upload') &&
    view.uploadedSize !== null &&
    view.totalSize !== null
  )
    parts.push(`${bytes(view.uploadedSize)} of ${bytes(view.totalSize)}`);
  if (view.step === 'convert' && view.speed !== null && view.speed > 0)
    parts.push(`${view.speed < 10 ? view.speed.toFixed(1) : Math.round(view.speed)} × real time`);
  if (view.attempt > 1 && view.step !== 'done') parts.push(`try ${view.attempt}`);
  if (view.estimatedTimeRemaining !== null && view.step !== 'done' && view.step !== 'waiting')
    parts.push(`${timeLeft(view.estimatedTimeRemaining)} left`);
  return parts.join(' · ');
}

/** `0:41 of 3:07`, or what is done so far of a source that does not say how long it is. */
function convertedOf({ currentSeconds, totalSeconds }: ProgressView): string {
  const done = clock(currentSeconds ?? 0);
  return totalSeconds === null ? `${done} so far` : `${done} of ${clock(totalSeconds)}`;
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
