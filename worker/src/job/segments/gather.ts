/** What the worker does that joins: it takes up what is stored, makes what nobody has, and waits for what others make. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gathering } from '@wavefleet/audio/segment-keeper.ts';
import type { JobContext } from '../context.ts';
import { LOOK_MS, SegmentBoard } from './board.ts';
import type { SegmentStore } from './segment-store.ts';
import { isNeeded } from './share.ts';

/** @throws what `make` throws; the reason of the gathering's signal. */
export async function gather(context: JobContext, store: SegmentStore, gathering: Gathering): Promise<void> {
  const board = await SegmentBoard.open(context, gathering);
  try {
    const stored = await store.keys().catch(() => new Set<string>());
    const work = new Work(store, gathering, board, stored);
    const ends = await Promise.allSettled(Array.from({ length: gathering.lanes }, () => work.lane()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } catch (error) {
    await board?.withdraw();
    throw error;
  } finally {
    await board?.close();
  }
}

class Work {
  readonly #store: SegmentStore;
  readonly #gathering: Gathering;
  readonly #board: SegmentBoard | undefined;
  readonly #stored: ReadonlySet<string>;
  /** Those that lie in the folder neither yet nor soon. */
  readonly #open: Set<number>;
  #isLastBegun = false;

  constructor(
    store: SegmentStore,
    gathering: Gathering,
    board: SegmentBoard | undefined,
    stored: ReadonlySet<string>,
  ) {
    this.#store = store;
    this.#gathering = gathering;
    this.#board = board;
    this.#stored = stored;
    this.#open = new Set(gathering.kept.keys());
  }

  /** One segment after the other. The last one, which is not kept, comes when others are made, or left to others. */
  async lane(): Promise<void> {
    const { kept, make, signal } = this.#gathering;
    for (;;) {
      signal.throwIfAborted();
      const index = this.#next();
      if (index !== undefined) {
        this.#open.delete(index);
        await this.#bring(index);
      } else if (!this.#isLastBegun) {
        this.#isLastBegun = true;
        await make(kept.length);
      } else if (this.#open.size > 0) {
        await sleep(LOOK_MS, undefined, { signal });
      } else return;
    }
  }

  /** The first that may lie in S3, or that is not left to others. */
  #next(): number | undefined {
    const idle = [...this.#open].filter((index) => this.#board?.isHelped(index) !== true);
    const isNeeded = this.#isNeeded(idle);
    return idle.find((index) => isNeeded || this.#mayBeThere(index));
  }

  #isNeeded(idle: readonly number[]): boolean {
    return isNeeded({
      free: idle.filter((index) => !this.#mayBeThere(index)).length,
      helped: this.#board?.helped() ?? [],
      unjoined: this.#open.size,
      isLastBegun: this.#isLastBegun,
      lanes: this.#gathering.lanes,
    });
  }

  #mayBeThere(index: number): boolean {
    const segment = this.#gathering.kept[index];
    const isStored = segment !== undefined && this.#stored.has(this.#store.keyOf(segment));
    return isStored || this.#board?.wasHelped(index) === true;
  }

  async #bring(index: number): Promise<void> {
    const { kept, make, brought, areJoined } = this.#gathering;
    const segment = kept[index];
    if (segment === undefined) return;
    await areJoined();
    const wasHelped = this.#board?.wasHelped(index) === true;
    if (this.#mayBeThere(index) && (await this.#store.fetch(segment, index))) {
      brought(index);
      // Who has made it may have nobody left to call for.
      void this.#board?.invite();
      return;
    }
    if (this.#board !== undefined && !wasHelped && !(await this.#board.take(index))) {
      this.#open.add(index);
      return;
    }
    void this.#board?.invite();
    const isFit = await make(index);
    if (isFit && (await this.#store.put(segment, index))) await this.#board?.stored(index);
  }
}
