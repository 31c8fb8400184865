/** What the routes about presets reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';

export type PresetDeps = Pick<Platform, 'presets'>;
