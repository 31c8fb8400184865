/** After a reload: the desk as it was, and then as the server says it is. */
import { Problem } from '@wavefleet/client/problem.ts';
import { shownName } from '@wavefleet/contracts/names.ts';
import type { Transport } from '../upload/transport.ts';
import { newUpload } from '../upload/upload-state.ts';
import type { Card } from './card.ts';
import type { CardList } from './card-list.ts';
import type { RememberedCard } from './desk-memory.ts';
import type { FileHandles } from './file-handles.ts';

/** A card as it can be shown at once. An unfinished upload needs its file: browsers forget files. */
export function restoredCard(remembered: RememberedCard): Card {
  const { id, name, size, lastModified, fileId, uploaded, sentBytes, staged, plans } = remembered;
  return {
    id,
    name: shownName(name),
    size,
    lastModified,
    staged,
    upload: {
      ...newUpload(size),
      phase: uploaded ? 'done' : 'needsFile',
      sentBytes: uploaded ? size : sentBytes,
      ...(fileId === undefined ? {} : { fileId }),
    },
    plans: plans.map(({ key, conversion, jobId }) => ({
      key,
      conversion,
      ...(jobId === undefined ? {} : { jobId }),
    })),
  };
}

/** What restoring needs of the world. */
export interface RestoreDeps {
  readonly transport: Pick<Transport, 'look'>;
  readonly handles: Pick<FileHandles, 'has'>;
  /** Answers whether the job is there; takes it in when it is. */
  readonly loadJob: (jobId: string) => Promise<boolean>;
}

const never = new AbortController().signal;

/** Asks the server what has become of one restored card. */
export async function checkRestored(id: string, cards: CardList, deps: RestoreDeps): Promise<void> {
  const card = cards.get(id);
  if (card === undefined) return;
  if (card.upload.phase === 'needsFile') await lookAtUpload(card, cards, deps);
  const gone: string[] = [];
  for (const { jobId } of card.plans) {
    if (jobId !== undefined && !(await deps.loadJob(jobId))) gone.push(jobId);
  }
  const now = cards.get(id);
  if (now === undefined || gone.length === 0) return;
  const plans = now.plans.filter((plan) => plan.jobId === undefined || !gone.includes(plan.jobId));
  if (plans.length === 0 && !now.staged) cards.remove(id);
  else cards.change(id, { plans });
}

async function lookAtUpload(card: Card, cards: CardList, deps: RestoreDeps): Promise<void> {
  const { upload, id } = card;
  if (await deps.handles.has(id)) cards.change(id, { canReopen: true });
  if (upload.fileId === undefined) return;
  const stillWaits = () => cards.get(id)?.upload.phase === 'needsFile';
  try {
    const session = await deps.transport.look(upload.fileId, never);
    const phase = session.complete ? 'done' : 'needsFile';
    if (stillWaits()) cards.change(id, { upload: { ...upload, phase, sentBytes: session.receivedBytes } });
  } catch (error) {
    // Without an answer the file is asked for all the same: it is looked at again before anything is sent.
    const isGone = error instanceof Problem && error.code === 'UPLOAD_NOT_FOUND';
    if (isGone && stillWaits()) cards.change(id, { upload: { ...newUpload(card.size), phase: 'needsFile' } });
  }
}
