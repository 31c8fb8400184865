/** Callers with an API key: `Authorization: Bearer wf_live_…`. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { keyTokenSchema } from '@wavefleet/contracts/people.ts';
import type { RateRule } from '@wavefleet/platform/limits/rates.ts';
import { keyIdOfToken, type StoredKey } from '@wavefleet/platform/people/api-keys.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';
import type { Context } from 'hono';
import { accessOf } from '../http/access.ts';
import type { AppEnv, Owner } from '../http/context.ts';
import type { Recognise } from '../http/owner.ts';
import { addressOf } from '../limits/asker.ts';

/** What was read of a key, or that it is none, holds for so long: so much later a revoked key is refused everywhere. */
const TRUST_MS = 5_000;
const REMEMBERED_KEYS = 5_000;
/** That a key is in use is noted so often. */
const NOTE_EVERY_MS = 60_000;
/** Keys that are looked up for one address: whoever tries out keys is held up, and nobody who has one. */
const LOOKUPS: RateRule = { name: 'key-lookups', limit: 200, windowSeconds: 10 };

interface Known {
  readonly key: StoredKey | undefined;
  /** Monotonic ms. */
  readonly readAtMs: number;
}

/** Knows keys, and for a moment what it read of them. One for the process. */
export class KnownKeys {
  readonly #platform: Pick<Platform, 'apiKeys' | 'rates' | 'config'>;
  /** By the id that the key has, or would have: tokens themselves are kept nowhere. */
  readonly #known = new RecentMap<Known>(REMEMBERED_KEYS);
  readonly #notedAtMs = new RecentMap<number>(REMEMBERED_KEYS);

  constructor(platform: Pick<Platform, 'apiKeys' | 'rates' | 'config'>) {
    this.#platform = platform;
  }

  /**
   * For `identify`. Undefined without a token, and where tokens are no keys.
   * @throws Failure INVALID_TOKEN, TOKEN_EXPIRED, RATE_LIMITED; SDK errors.
   */
  readonly owner: Recognise = async (c) => {
    const token = bearerOf(c);
    if (token === undefined || !c.req.path.startsWith('/api/')) return undefined;
    const access = accessOf(c.req.method, c.req.path);
    if (access === undefined || access === 'unjudged') return undefined;
    const key = keyTokenSchema.safeParse(token).success ? await this.#find(c, token) : undefined;
    if (key === undefined) throw new Failure('INVALID_TOKEN');
    if (Date.parse(key.expiresAt) <= Date.now()) throw new Failure('TOKEN_EXPIRED');
    this.#note(key.keyId);
    return ownerOf(key);
  };

  /** What was read last of a key that this request was sent with. */
  latest(keyId: string): StoredKey | undefined {
    return this.#known.get(keyId)?.key;
  }

  /** This process has revoked it. */
  forget(keyId: string): void {
    this.#known.delete(keyId);
  }

  async #find(c: Context<AppEnv>, token: string): Promise<StoredKey | undefined> {
    const keyId = keyIdOfToken(token);
    const known = this.#known.get(keyId);
    if (known !== undefined && performance.now() - known.readAtMs < TRUST_MS) return known.key;
    await this.#admit(c);
    const key = await this.#platform.apiKeys.find(token);
    this.#known.set(keyId, { key, readAtMs: performance.now() });
    return key;
  }

  async #admit(c: Context<AppEnv>): Promise<void> {
    const { rates, config } = this.#platform;
    const { remoteAddress } = c.env.incoming.socket;
    const address = addressOf(remoteAddress, c.req.header('x-forwarded-for'), config.TRUSTED_PROXIES);
    const { allowed, resetSeconds } = await rates.count(LOOKUPS, address ?? 'here');
    if (!allowed) throw new Failure('RATE_LIMITED', { detail: { retryAfterSeconds: resetSeconds } });
  }

  #note(keyId: string): void {
    const now = performance.now();
    if (now - (this.#notedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return;
    this.#notedAtMs.set(keyId, now);
    void this.#platform.apiKeys.used(keyId);
  }
}

function ownerOf({ ownerId, scopes, keyId }: StoredKey): Owner {
  return { kind: 'key', id: ownerId, scopes, keyId };
}

/** RFC 6750, section 2.1. Other schemes are for whoever stands in front of us. */
function bearerOf(c: Context<AppEnv>): string | undefined {
  const header = /^Bearer(?: +(.*))?$/i.exec(c.req.header('authorization') ?? '');
  return header === null ? undefined : (header[1]?.trim() ?? '');
}
