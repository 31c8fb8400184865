/** What this tab has not begun itself: the cards of the browser's other tabs, and jobs that come from elsewhere. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import type { Card } from './card.ts';
import type { RememberedCard } from './desk-memory.ts';
import { cardOfJob } from './new-card.ts';
import { restoredCard } from './restore.ts';

/**
 * Cards for the jobs that run but lie on none: another tab's own where it has one, else a new one, as of a drop into the
 * bucket.
 * @param remembered what all tabs have together. Not asked for where nobody is a stranger.
 */
export function cardsOfStrangers(
  views: readonly JobView[],
  cards: readonly Card[],
  remembered: () => readonly RememberedCard[],
): Card[] {
  const strangers = strangersAmong(views, cards);
  if (strangers.length === 0) return [];
  const here = new Set(cards.map(({ id }) => id));
  const elsewhere = remembered()
    .filter(({ id }) => !here.has(id))
    .map(restoredCard);
  const jobIds = new Set(strangers.map(({ jobId }) => jobId));
  const theirs = elsewhere.filter(({ plans }) => plans.some(({ jobId = '' }) => jobIds.has(jobId)));
  return [...strangersAmong(strangers, elsewhere).flatMap(cardOfJob), ...theirs];
}

/** Cards that wait for a file here, and whose file another tab has sent in the meantime: as that tab has them. */
export function sentElsewhere(cards: readonly Card[], remembered: () => readonly RememberedCard[]): Card[] {
  const waiting = new Set(cards.filter(({ upload }) => upload.phase === 'needsFile').map(({ id }) => id));
  if (waiting.size === 0) return [];
  return remembered()
    .filter(({ id, uploaded }) => uploaded && waiting.has(id))
    .map(restoredCard);
}

function strangersAmong(views: readonly JobView[], cards: readonly Card[]): JobView[] {
  const plans = cards.flatMap((card) => card.plans.map((plan) => ({ ...plan, ...card.upload })));
  const known = new Set(plans.map(({ jobId }) => jobId));
  // A plan without a job may be one whose answer a reload or the line has swallowed: it will find its job itself.
  const awaited = new Set(plans.filter(({ jobId }) => jobId === undefined).map(({ fileId }) => fileId));
  return views.filter(
    ({ status, jobId, fileId }) =>
      !isTerminal(status) && !known.has(jobId) && !(fileId !== undefined && awaited.has(fileId)),
  );
}
