/**
 * Breaks off what outlives the key or session that it was begun with: event streams, exports, uploads and downloads. So
 * whoever revokes a key, or signs out, need not wait for what somebody else has begun with it.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv, Owner } from '../http/context.ts';
import { factsOf } from '../http/request-facts.ts';

/** With the five seconds for which a process trusts what it has read, anything ends within ten. */
const LOOK_EVERY_MS = 5_000;

/**
 * For everything that knows its caller. Access tokens may expire meanwhile: they are for asking, and what was begun
 * lasts as long as the session. While nobody can say whether that lives, it goes on.
 */
export const breakOffWithCaller: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { isStillGood } = c.var.owner;
  // Who deletes everything of theirs ends their own session with it, and shall be answered.
  if (isStillGood !== undefined && c.req.method !== 'DELETE') watch(c, isStillGood);
  await next();
};

function watch(c: Context<AppEnv>, isStillGood: NonNullable<Owner['isStillGood']>): void {
  const { outgoing } = c.env;
  const isOver = () => outgoing.destroyed || outgoing.writableFinished;
  let timer: NodeJS.Timeout;
  async function look(): Promise<void> {
    const isGood = await isStillGood().catch((error: unknown) => {
      c.var.log.say('request.caller-unread', { ...factsOf(c), err: error });
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
