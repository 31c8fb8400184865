/** What the desk looks like, kept in this browser so that a reload loses nothing. Holds names and sizes, no audio. */
import { formatSchema, optionsSchema, qualitySchema } from '@wavefleet/contracts/request.ts';
import { z } from 'zod';
import type { Card } from './card.ts';

const conversionSchema = z.object({
  format: formatSchema,
  quality: qualitySchema.optional(),
  options: optionsSchema,
  deleteAfterDownload: z.boolean().optional(),
});

const rememberedSchema = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number(),
  lastModified: z.number(),
  fileId: z.string().optional(),
  uploaded: z.boolean(),
  sentBytes: z.number(),
  staged: z.boolean(),
  plans: z.array(z.object({ key: z.string(), conversion: conversionSchema, jobId: z.string().optional() })),
});
/** A card as it is stored: without what the server or the file itself will tell again. */
export type RememberedCard = z.infer<typeof rememberedSchema>;

const KEY = 'wavefleet.desk.1';
/** More than fit on any screen; without an end the list would grow for years. */
const MOST_CARDS = 100;

/** Keeps the cards in the browser's storage, under a versioned key. */
export class DeskMemory {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  /** Empty when there is nothing, or nothing that this version understands. */
  load(): RememberedCard[] {
    try {
      const parsed = z.array(rememberedSchema).safeParse(JSON.parse(this.#storage.getItem(KEY) ?? '[]'));
      return parsed.success ? parsed.data : [];
    } catch {
      return [];
    }
  }

  /** Files that were refused are not kept. A full or forbidden storage is no reason to stop working. */
  save(cards: readonly Card[]): void {
    const kept = cards.filter((card) => card.refusal === undefined).slice(0, MOST_CARDS);
    try {
      this.#storage.setItem(KEY, JSON.stringify(kept.map(remember)));
    } catch {
      // A reload will not bring these back; the jobs themselves are in the history.
    }
  }
}

function remember(card: Card): RememberedCard {
  const { fileId, phase, sentBytes } = card.upload;
  return {
    id: card.id,
    name: card.name,
    size: card.size,
    lastModified: card.lastModified,
    ...(fileId === undefined ? {} : { fileId }),
    uploaded: phase === 'done',
    sentBytes,
    staged: card.staged,
    plans: card.plans.map(({ key, conversion, jobId }) => ({
      key,
      conversion,
      ...(jobId === undefined ? {} : { jobId }),
    })),
  };
}
