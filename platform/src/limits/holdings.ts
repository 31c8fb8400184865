/**
 * What each owner holds at present: jobs that are not over, open uploads, stored bytes. Counted in Redis, at no cost in
 * DynamoDB; who finds an owner at the limit may look which of the oldest are gone, and let go of those.
 *
 * Redis may lose it all: then counting begins anew, with what comes. While it is away each process counts for itself.
 */
import { holdingKeys } from '@wavefleet/contracts/keys.ts';
import type { RedisPair } from '../progress/redis.ts';
import { RecentMap } from '../recent-map.ts';
import { holdOne, letGo, takeOver } from './holding-scripts.ts';
import { WillingRedis } from './willing-redis.ts';

/** One kind of thing that an owner may hold so much of. */
export interface HoldingRule {
  readonly name: string;
  /** Of the weights of all. */
  readonly limit: number;
  /** Nobody holds it for longer, even when nobody says that it is gone. */
  readonly forgottenAfterMs: number;
}

/** Owners whose holdings a process counts by itself. */
const REMEMBERED_OWNERS = 10_000;
/** Of one script: Redis does nothing else meanwhile. */
const TAKEN_AT_ONCE = 500;

type Held = Map<string, { readonly weight: number; readonly forgottenAtMs: number }>;

export class Holdings {
  readonly #redis: WillingRedis;
  /** While Redis is away. */
  readonly #own = new RecentMap<Held>(REMEMBERED_OWNERS);

  constructor(redis: RedisPair | undefined) {
    this.#redis = new WillingRedis(redis);
  }

  /** Answers false when the owner would hold too much. One that is held already stays held. Never throws. */
  async hold(rule: HoldingRule, ownerId: string, member: string, weight = 1): Promise<boolean> {
    const keys = holdingKeys(rule.name, ownerId);
    const now = Date.now();
    const until = now + rule.forgottenAfterMs;
    const answer = await this.#redis.ask((cache) =>
      cache.eval(holdOne, keys.length, ...keys, member, weight, rule.limit, now, until),
    );
    return Array.isArray(answer) ? answer[0] === 1 : this.#holdHere(rule, ownerId, member, weight);
  }

  /** Never throws. */
  async release(rule: HoldingRule, ownerId: string, members: readonly string[]): Promise<void> {
    if (members.length === 0) return;
    const keys = holdingKeys(rule.name, ownerId);
    await this.#redis.ask((cache) => cache.eval(letGo, keys.length, ...keys, ...members));
    for (const member of members) this.#own.get(ownKey(rule, ownerId))?.delete(member);
  }

  /** Lets go of all, known or not. Never throws. */
  async releaseAll(rule: HoldingRule, ownerId: string): Promise<void> {
    await this.#redis.ask((cache) => cache.del(...holdingKeys(rule.name, ownerId)));
    this.#own.delete(ownKey(rule, ownerId));
  }

  /**
   * Makes all that `from` holds that of `to`, whatever its limit. May break off and be repeated: nothing counts twice.
   * Never throws.
   */
  async moveAll(rule: HoldingRule, from: string, to: string): Promise<void> {
    const [members, weights] = holdingKeys(rule.name, from);
    const found = await this.#redis.ask(async (cache) => ({
      scored: await cache.zrange(members, '0', '-1', 'WITHSCORES'),
      weighed: await cache.hgetall(weights),
    }));
    const { scored = [], weighed = {} } = found ?? {};
    const all = scoredOf(scored).map(
      ([member, forgottenAtMs]) => [member, weighed[member] ?? '0', forgottenAtMs] as const,
    );
    for (let at = 0; at < all.length; at += TAKEN_AT_ONCE) {
      const some = all.slice(at, at + TAKEN_AT_ONCE);
      const keys = holdingKeys(rule.name, to);
      const until = Date.now() + rule.forgottenAfterMs;
      const isTaken = await this.#redis.ask((cache) =>
        cache.eval(takeOver, keys.length, ...keys, until, ...some.flat()),
      );
      if (isTaken === undefined) break;
      // Not one step with the one before: the keys of two owners may lie on two machines.
      await this.#redis.ask((cache) =>
        cache.eval(letGo, 2, members, weights, ...some.map(([member]) => member)),
      );
    }
    this.#moveHere(rule, from, to);
  }

  /** What all of an owner's weigh, give or take what is gone and was not noticed. Never throws. */
  async weight(rule: HoldingRule, ownerId: string): Promise<number> {
    const [, weights] = holdingKeys(rule.name, ownerId);
    const sum = await this.#redis.ask((cache) => cache.hget(weights, '*'));
    if (sum !== undefined) return Number(sum ?? 0);
    return [...(this.#own.get(ownKey(rule, ownerId))?.values() ?? [])].reduce(
      (all, { weight }) => all + weight,
      0,
    );
  }

  /** Those that are held longest but for the first `from`, at most `count`, and for how long. Never throws. */
  async oldest(
    rule: HoldingRule,
    ownerId: string,
    { from, count }: { readonly from: number; readonly count: number },
  ): Promise<{ readonly member: string; readonly heldForMs: number }[]> {
    const [members] = holdingKeys(rule.name, ownerId);
    const found = await this.#redis.ask((cache) =>
      cache.zrange(members, String(from), String(from + count - 1), 'WITHSCORES'),
    );
    const here = [...(this.#own.get(ownKey(rule, ownerId)) ?? [])].slice(from, from + count);
    const all =
      found === undefined
        ? here.map(([member, { forgottenAtMs }]) => [member, forgottenAtMs] as const)
        : scoredOf(found);
    const now = Date.now();
    return all.map(([member, forgottenAtMs]) => ({
      member,
      heldForMs: now - (Number(forgottenAtMs) - rule.forgottenAfterMs),
    }));
  }

  #moveHere(rule: HoldingRule, from: string, to: string): void {
    const moved = this.#own.get(ownKey(rule, from));
    if (moved === undefined) return;
    const held = this.#own.get(ownKey(rule, to));
    this.#own.set(ownKey(rule, to), new Map([...(held ?? []), ...moved]));
    this.#own.delete(ownKey(rule, from));
  }

  #holdHere(rule: HoldingRule, ownerId: string, member: string, weight: number): boolean {
    const key = ownKey(rule, ownerId);
    const held: Held = this.#own.get(key) ?? new Map();
    const now = Date.now();
    let sum = 0;
    for (const [each, { weight: its, forgottenAtMs }] of held) {
      if (forgottenAtMs <= now) held.delete(each);
      else sum += its;
    }
    if (held.has(member)) return true;
    if (sum + weight > rule.limit) return false;
    held.set(member, { weight, forgottenAtMs: now + rule.forgottenAfterMs });
    this.#own.set(key, held);
    return true;
  }
}

/** Members and their scores, which Redis answers in one list. */
function scoredOf(list: readonly string[]): (readonly [member: string, score: string])[] {
  return Array.from({ length: list.length / 2 }, (_, at) => [list[2 * at] ?? '', list[2 * at + 1] ?? '']);
}

function ownKey({ name }: HoldingRule, ownerId: string): string {
  return `${name} ${ownerId}`;
}
