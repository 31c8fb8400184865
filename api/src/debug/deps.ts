/** What the debug routes reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import type { Admission } from '../load/admission.ts';

export type DebugDeps = Pick<Platform, 'config' | 'jobs' | 'progress' | 'processes' | 'queue'> & {
  readonly admission: Admission;
  readonly resources: ResourceMonitor;
  /** Of the running code. */
  readonly version: string;
};
