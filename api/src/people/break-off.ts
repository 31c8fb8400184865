/**
 * Breaks off what outlives the key or session that it was begun with: event streams, exports, uploads and downloads. So
 * whoever revokes a key, or signs out, need not wait for what somebody else has begun with it.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv, Owner } from '../http/context.ts';
import { nowAndThen } from '../http/now-and-then.ts';
import { factsOf } from '../http/request-facts.ts';

/** With the five seconds for which a process trusts what it has read, anything ends within ten. */
const LOOK_EVERY_MS = 5_000;

type Tell = (c: Context<AppEnv>, error: unknown) => void;

/**
 * For everything that knows its caller. Access tokens may expire meanwhile: they are for asking, and what was begun
 * lasts as long as the session. While nobody can say whether that lives, it goes on. One for the process.
 */
export function breakOffWithCaller(): MiddlewareHandler<AppEnv> {
  // While a table does not answer, everything under way looks in vain.
  const tell: Tell = nowAndThen((c, err) => c.var.log.say('request.caller-unread', { ...factsOf(c), err }));
  return async (c, next) => {
    const { isStillGood } = c.var.owner;
    // Who deletes everything of theirs ends their own session with it, and shall be answered.
    if (isStillGood !== undefined && c.req.method !== 'DELETE') watch(c, isStillGood, tell);
    await next();
  };
}

function watch(c: Context<AppEnv>, isStillGood: NonNullable<Owner['isStillGood']>, tell: Tell): void {
  const { outgoing } = c.env;
  const isOver = () => outgoing.destroyed || outgoing.writableFinished;
  let timer: NodeJS.Timeout;
  async function look(): Promise<void> {
    const isGood = await isStillGood().catch((error: unknown) => {
      tell(c, error);
      return true;
    });
    if (isOver()) return;
    if (isGood) return again();
    c.var.log.say('request.broken-off', { ...factsOf(c), ownerId: c.var.owner.id });
    outgoing.destroy();
  }
  function again(): void {
    timer = setTimeout(() => void look(), LOOK_EVERY_MS).unref();
  }
  outgoing.once('close', () => clearTimeout(timer));
  again();
}
