/** The uploads of the cards: which runs, which waits for its turn, and what each of them says. */
import { type TaskDeps, UploadTask } from '../upload/upload-task.ts';
import type { Card } from './card.ts';
import type { CardList } from './card-list.ts';

/** Files on their way at once. All of them share the upload slots. */
const UPLOADS_AT_ONCE = 3;

/** Starts uploads in the order of the cards, and tells each card how its upload goes. */
export class UploadQueue {
  /** Called when all of a card's bytes are at the server. */
  onDone: (id: string) => void = () => {};
  readonly #cards: CardList;
  readonly #deps: TaskDeps;
  readonly #tasks = new Map<string, UploadTask>();

  constructor(cards: CardList, deps: TaskDeps) {
    this.#cards = cards;
    this.#deps = deps;
  }

  /** @param fileId an upload that was begun before, to go on with. */
  begin(id: string, file: File, fileId?: string): void {
    const task = new UploadTask(file, this.#deps, fileId);
    this.#tasks.set(id, task);
    this.#cards.change(id, { upload: task.state.value });
    task.state.subscribe(() => this.#onNews(id, task));
    this.#startNext();
  }

  pause(id: string): void {
    this.#tasks.get(id)?.pause();
  }

  resume(id: string): void {
    this.#tasks.get(id)?.start();
  }

  /** The line is back: whoever naps may try now. */
  wake(): void {
    for (const task of this.#tasks.values()) task.wake();
  }

  /** Stops what still runs for this card, which is off the desk already, and has the server throw it away. */
  async cancel(card: Card): Promise<void> {
    const task = this.#tasks.get(card.id);
    this.#tasks.delete(card.id);
    this.#startNext();
    const { phase, fileId } = card.upload;
    if (phase === 'done') return;
    if (task !== undefined) await task.cancel();
    else if (fileId !== undefined) await this.#deps.transport.discard(fileId).catch(() => undefined);
  }

  #onNews(id: string, task: UploadTask): void {
    if (this.#tasks.get(id) !== task) return;
    const before = this.#cards.get(id)?.upload;
    const { phase, fileId } = task.state.value;
    const isTurn = before?.phase !== phase;
    this.#cards.change(id, { upload: task.state.value }, isTurn || before?.fileId !== fileId);
    if (!isTurn) return;
    if (phase === 'done') {
      this.#tasks.delete(id);
      this.onDone(id);
    }
    this.#startNext();
  }

  /** Starts what waits for its turn, in the order of the list. */
  #startNext(): void {
    const mine = this.#cards.all.filter((card) => this.#tasks.has(card.id));
    const isRunning = (card: Card) => /preparing|sending|finishing|waiting/.test(card.upload.phase);
    const free = UPLOADS_AT_ONCE - mine.filter(isRunning).length;
    const next = mine.filter((card) => card.upload.phase === 'queued').slice(0, Math.max(0, free));
    for (const card of next) this.#tasks.get(card.id)?.start();
  }
}
