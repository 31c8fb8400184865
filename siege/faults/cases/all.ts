/** Every fault, in the order of their numbers. */
import { busyWorkerCases } from './busy-workers.ts';
import type { FaultCase } from './case.ts';
import { diskCases } from './disk.ts';
import { dropCases } from './drops.ts';
import { fewReceiveCases } from './few-receives.ts';
import { ffmpegCases } from './ffmpeg.ts';
import { frozenWorkerCases } from './frozen-workers.ts';
import { killedWorkerCases } from './killed-workers.ts';
import { leavingWorkerCases } from './leaving-workers.ts';
import { messageCases } from './messages.ts';
import { outageCases } from './outages.ts';
import { redisCases } from './redis.ts';
import { requestCases } from './requests.ts';
import { scalingCases } from './scaling.ts';
import { segmentCases } from './segments.ts';
import { lateCases, stepCases } from './steps.ts';
import { storageCases } from './storage.ts';
import { twoVersionCases } from './two-versions.ts';

const single = [
  ...killedWorkerCases,
  ...frozenWorkerCases,
  ...busyWorkerCases,
  ...leavingWorkerCases,
  ...twoVersionCases,
  ...scalingCases,
  ...messageCases,
  ...dropCases,
  ...redisCases,
  ...requestCases,
  ...storageCases,
  ...segmentCases,
  ...ffmpegCases,
  ...diskCases,
].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));

export const allCases: readonly FaultCase[] = [
  ...stepCases,
  ...lateCases,
  ...single,
  ...outageCases,
  ...fewReceiveCases,
];
