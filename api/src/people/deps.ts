/** What the routes about people and their keys reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { KnownKeys } from './key-owner.ts';

export type PeopleDeps = Pick<Platform, 'apiKeys' | 'log'> & { readonly knownKeys: KnownKeys };
