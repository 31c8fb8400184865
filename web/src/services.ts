/** Everything that the components talk to, made once in `main.tsx` and handed down. */
import type { JobCalls } from '@wavefleet/client/jobs.ts';
import type { ResultCalls } from '@wavefleet/client/results.ts';
import type { ShareCalls } from '@wavefleet/client/shares.ts';
import type { Catalogue } from '@wavefleet/contracts/http.ts';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Choice } from './convert/choice.ts';
import type { CoverChoice } from './convert/cover-choice.ts';
import type { Adder } from './files/adder.ts';
import type { Desk } from './files/desk.ts';
import type { Pager } from './history/pager.ts';
import type { Totals } from './history/totals.ts';
import type { Keys } from './keys/keys.ts';
import type { Webhooks } from './notices/webhooks.ts';
import type { SavedPresets } from './presets/saved-presets.ts';
import type { Jobs } from './progress/jobs.ts';
import type { Session } from './session/session.ts';
import type { Announcer } from './shell/announcer.ts';
import type { Route } from './shell/route.ts';
import type { Store } from './store.ts';

/** One of each, for the life of the page. */
export interface Services {
  readonly desk: Desk;
  readonly jobs: Jobs;
  readonly pager: Pager;
  readonly totals: Totals;
  readonly exportUrl: JobCalls['exportUrl'];
  readonly session: Session;
  readonly keys: Keys;
  readonly webhooks: Webhooks;
  readonly presets: SavedPresets;
  readonly announcer: Announcer;
  readonly catalogue: Catalogue;
  readonly results: Pick<ResultCalls, 'check' | 'link'>;
  readonly shares: Pick<ShareCalls, 'make'>;
  readonly choice: Store<Choice>;
  readonly cover: CoverChoice;
  readonly route: Store<Route>;
  readonly adder: Adder;
  /** Opens the browser's file dialogue; what is chosen goes to the desk. */
  readonly chooseFiles: () => void;
}

/** Set by `<App>`; components read it with {@link useServices}. */
export const ServicesContext = createContext<Services | undefined>(undefined);

/** @throws Error outside of the app: a mistake in the code, not of a user. */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('components live inside of <App>');
  return services;
}
