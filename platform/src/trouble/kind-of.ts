/** What sort of trouble an error is, by the table of known ones. */
import { type ErrorFacts, factsOf } from './error-facts.ts';
import { fixes, type Kind, type Row } from './fixes.ts';

/** The row that knows an error of these names. */
export function rowOf(facts: ErrorFacts): Row | undefined {
  return fixes.find(
    ({ names, message }) =>
      names.some((name) => facts.names.includes(name)) && (message?.test(facts.message) ?? true),
  );
}

/** Also by what caused it. */
export function kindOf(error: unknown): Kind {
  return rowOf(factsOf(error))?.kind ?? 'unknown';
}
