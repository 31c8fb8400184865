/** What a class of hostile requests is, and how one is tried. */
import { errorBodySchema } from '@wavefleet/contracts/http.ts';
import type { Ground } from '../run/ground.ts';

/** A class of the table in README.md. */
export interface RequestClass {
  readonly id: string;
  readonly what: string;
  /** What must come of it, for the table. */
  readonly answer: string;
  /** Answers what fell short, in sentences. */
  readonly check: (ground: Ground) => Promise<readonly string[]>;
  /** Part of `npm test`. */
  readonly quick?: boolean;
}

/** One request and the line that it must be answered with: `404 JOB_NOT_FOUND`, or a status alone. */
export type Trial = readonly [name: string, send: (ground: Ground) => Promise<Response>, answer: string];

/** Tries them one after the other. */
export async function tryAll(ground: Ground, trials: readonly Trial[]): Promise<string[]> {
  const shortfalls: string[] = [];
  for (const [name, send, wanted] of trials) {
    const found = await lineOf(await send(ground));
    if (found !== wanted) shortfalls.push(`${name}: ${found}, not ${wanted}`);
  }
  return shortfalls;
}

/** Status and code, which every refusal has in its envelope. */
export async function lineOf(answer: Response): Promise<string> {
  const { status } = answer;
  const text = await answer.text();
  if (status < 400) return String(status);
  try {
    const { error } = errorBodySchema.parse(JSON.parse(text));
    return error.requestId === answer.headers.get('x-request-id')
      ? `${status} ${error.code}`
      : `${status} ${error.code} under another request's id`;
  } catch {
    return `${status} without an envelope: ${text.slice(0, 80)}`;
  }
}

/** A sentence when something is not so. */
export const unless = (isSo: boolean, sentence: string): string[] => (isSo ? [] : [sentence]);
