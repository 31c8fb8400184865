/** From an error to one line of what went wrong and one of what to do. */

import { factsOf } from './error-facts.ts';
import { type Kind, refusedBy } from './fixes.ts';
import { rowOf } from './kind-of.ts';
import type { Subject } from './subject.ts';
import type { Where } from './where.ts';

export interface Explanation {
  readonly kind: Kind;
  /** The error in one line, without secrets. */
  readonly problem: string;
  readonly fix: string;
}

/** What went wrong and what to do. @param subject what the call was about, when one call failed. */
export function explain(error: unknown, where: Where, subject?: Subject): Explanation {
  const facts = factsOf(error);
  const row = rowOf(facts);
  const name = row?.names.find((one) => facts.names.includes(one)) ?? facts.names[0] ?? 'unknown error';
  const said = row?.nameOnly === true ? '' : facts.message;
  return {
    kind: row?.kind ?? 'unknown',
    // Redis' messages begin with their name.
    problem: said === '' ? name : said.startsWith(`${name} `) ? said : `${name}: ${said}`,
    fix:
      row?.fix({ facts, where, subject }) ??
      `This problem is not a known one: the message is all there is to go by${subject === undefined ? '' : `, about ${subject.action} on ${subject.resource}`}.`,
  };
}

/** The IAM action that AWS says was refused, when it says so. */
export function refusedAction(error: unknown): string | undefined {
  return refusedBy(factsOf(error).message).action;
}
