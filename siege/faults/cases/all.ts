/** Every fault, in the order of their numbers. */
import type { FaultCase } from './case.ts';
import { diskCases } from './disk.ts';
import { ffmpegCases } from './ffmpeg.ts';
import { messageCases } from './messages.ts';
import { outageCases } from './outages.ts';
import { redisCases } from './redis.ts';
import { requestCases } from './requests.ts';
import { stepCases } from './steps.ts';
import { storageCases } from './storage.ts';
import { workerCases } from './workers.ts';

const single = [
  ...workerCases,
  ...messageCases,
  ...redisCases,
  ...requestCases,
  ...storageCases,
  ...ffmpegCases,
  ...diskCases,
].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));

export const allCases: readonly FaultCase[] = [...stepCases, ...single, ...outageCases];
