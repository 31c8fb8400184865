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
/** More than anybody has on a screen at once; without an end the list would grow for years. */
const MOST_CARDS = 1_000;
/** Of what lies in the storage, all that is needed to leave it as it is. */
const storedSchema = z.array(z.looseObject({ id: z.string() }));

/**
 * Keeps the cards in the browser's storage, under a versioned key. The tabs of a browser share it: each writes what it
 * has changed itself, and leaves the rest as the others have it.
 */
export class DeskMemory {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;
  /** Each card of this tab as it was last read, or written with success, here. */
  readonly #held = new Map<string, string>();
  /** Cards never change, they are replaced: each is put into words once. */
  readonly #inWords = new WeakMap<Card, string>();

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  /** What this version understands of it: tabs of before and after an update share it too. */
  load(): RememberedCard[] {
    const cards = this.look();
    for (const card of cards) this.#held.set(card.id, JSON.stringify(card));
    return cards;
  }

  /** The same for a look at what other tabs have, which stays theirs. */
  look(): RememberedCard[] {
    const cards = z.array(z.unknown()).safeParse(this.#stored()).data ?? [];
    return cards.flatMap((card) => rememberedSchema.safeParse(card).data ?? []);
  }

  /** Files that were refused are not kept. A full or forbidden storage is no reason to stop working. */
  save(cards: readonly Card[]): void {
    const mine = new Map(
      cards.filter(({ refusal }) => refusal === undefined).map((card) => [card.id, this.#worded(card)]),
    );
    const changed = [...mine].filter(([id, words]) => this.#held.get(id) !== words);
    const gone = [...this.#held.keys()].filter((id) => !mine.has(id));
    if (changed.length === 0 && gone.length === 0) return;
    const stored = new Map(
      (storedSchema.safeParse(this.#stored()).data ?? []).map((card) => [card.id, JSON.stringify(card)]),
    );
    for (const id of gone) stored.delete(id);
    for (const [id, words] of changed) stored.set(id, words);
    const inOrder = [...mine.keys()].filter((id) => stored.has(id));
    const kept = [...new Set([...inOrder, ...stored.keys()])].slice(0, MOST_CARDS);
    try {
      this.#storage.setItem(KEY, `[${kept.map((id) => stored.get(id)).join(',')}]`);
    } catch {
      // A reload will not bring these back until there is room; the jobs themselves are in the history.
      return;
    }
    for (const [id, words] of changed) this.#held.set(id, words);
    for (const id of gone) this.#held.delete(id);
  }

  #worded(card: Card): string {
    const words = this.#inWords.get(card) ?? JSON.stringify(remember(card));
    this.#inWords.set(card, words);
    return words;
  }

  #stored(): unknown {
    try {
      return JSON.parse(this.#storage.getItem(KEY) ?? '[]');
    } catch {
      return [];
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
