/** What becomes of a message of the notices queue. */

/** Gone, or hidden for a while. */
export type Fate = { readonly kind: 'done' } | { readonly kind: 'hide'; readonly ms: number };
export const DONE: Fate = { kind: 'done' };

/** A message that finds no hand free comes back less and less often: SQS counts, and bills, how often it is received. */
export const BUSY = { firstMs: 1_000, maxMs: 120_000 };
