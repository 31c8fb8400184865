/** Every fault, in the order of their numbers. */
import type { FaultCase } from './case.ts';
import { stepCases } from './steps.ts';

export const allCases: readonly FaultCase[] = [...stepCases];
