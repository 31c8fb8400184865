/** What is checked together. */
import type { Where } from '@wavefleet/platform/trouble/where.ts';
import type { Check } from './check.ts';

export interface Service {
  /** For the words about calls that fail. */
  readonly where: Where;
  readonly checks: readonly Check[];
}
