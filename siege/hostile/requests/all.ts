/** Every class of hostile requests, in the order of the table. */
import { fileRequests } from './files.ts';
import { jobClasses } from './jobs.ts';
import type { RequestClass } from './request-class.ts';
import { transportClasses } from './transport.ts';

const numberOf = ({ id }: RequestClass): number => Number(id.slice(1));

export const requestClasses: readonly RequestClass[] = [
  ...jobClasses,
  ...fileRequests,
  ...transportClasses,
].toSorted((a, b) => numberOf(a) - numberOf(b));
