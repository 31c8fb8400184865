/** A call whose trouble is a sentence on the page. */
import { asProblem } from '@wavefleet/client/problem.ts';
import type { Store } from './store.ts';

/** What is shown while something is done. */
export interface Busy {
  readonly busy: boolean;
  readonly problem?: string;
}

/** What `work` answers becomes part of the state. Answers whether it succeeded; never throws. */
export async function attempt<T extends Busy>(
  state: Store<T>,
  work: () => Promise<Partial<T>>,
): Promise<boolean> {
  state.update(({ problem: _former, ...before }) => ({ ...(before as T), busy: true }));
  try {
    const change = await work();
    state.update((before) => ({ ...before, ...change, busy: false }));
    return true;
  } catch (error) {
    state.update((before) => ({ ...before, busy: false, problem: asProblem(error).message }));
    return false;
  }
}
