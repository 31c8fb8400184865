/**
 * The debug routes are for operators. For everybody else they are not there: they get, to the byte, what an unknown
 * address gets.
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { isOperator } from '../http/operator.ts';

/** @param token DEBUG_TOKEN; undefined: there is none. */
export function operatorsOnly(token: string | undefined): MiddlewareHandler<AppEnv> {
  return async (c, next) => (isOperator(c, token) ? await next() : await c.notFound());
}
