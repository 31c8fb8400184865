/** The cards on the desk as one list, which is shown and remembered. */
import { Store } from '../store.ts';
import type { Card, Plan } from './card.ts';
import type { DeskMemory } from './desk-memory.ts';

/** The cards on the desk, newest first, remembered across reloads. */
export class CardList {
  readonly store = new Store<readonly Card[]>([]);
  readonly #memory: DeskMemory;

  constructor(memory: DeskMemory) {
    this.#memory = memory;
  }

  get all(): readonly Card[] {
    return this.store.value;
  }

  get(id: string): Card | undefined {
    return this.all.find((card) => card.id === id);
  }

  put(cards: readonly Card[]): void {
    this.store.set(cards);
    this.#memory.save(cards);
  }

  /** @param keep whether a reload should remember it: bytes on their way are not worth it. */
  change(id: string, change: Partial<Card>, keep = true): void {
    this.store.update((cards) => cards.map((card) => (card.id === id ? { ...card, ...change } : card)));
    if (keep) this.#memory.save(this.all);
  }

  changePlan(id: string, plan: Plan): void {
    const plans = this.get(id)?.plans.map((other) => (other.key === plan.key ? plan : other));
    if (plans !== undefined) this.change(id, { plans });
  }

  remove(id: string): void {
    this.put(this.all.filter((card) => card.id !== id));
  }
}
