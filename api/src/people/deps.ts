/** What the routes about people and their keys reach the world with. */

import type { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { KnownKeys } from './key-owner.ts';
import type { Provider } from './providers.ts';
import type { SessionCookies } from './session-cookies.ts';
import type { KnownSessions } from './session-owner.ts';

export type PeopleDeps = Pick<
  Platform,
  'apiKeys' | 'accounts' | 'sessions' | 'signIns' | 'belongings' | 'presets' | 'config' | 'log'
> & {
  readonly quotas: Quotas;
  readonly knownKeys: KnownKeys;
  readonly knownSessions: KnownSessions;
  readonly tokens: AccessTokens;
  readonly cookies: SessionCookies;
  /** None while AUTH is off. */
  readonly providers: readonly Provider[];
  /** What was remembered of a job must not outlive a change of its owner. */
  readonly forgetJob: (jobId: string) => void;
};
