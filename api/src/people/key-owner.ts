/** Callers with an API key: `Authorization: Bearer wf_live_…`. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { keyTokenSchema } from '@wavefleet/contracts/people.ts';
import type { RateRule } from '@wavefleet/platform/limits/rates.ts';
import { keyIdOfToken, type StoredKey } from '@wavefleet/platform/people/api-keys.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { RecentMap } from '@wavefleet/platform/recent-map.ts';
import type { Context } from 'hono';
import type { AppEnv, Owner } from '../http/context.ts';
import type { Recognise } from '../http/owner.ts';
import { addressOf } from '../server/address.ts';
import { bearerOf } from './bearer.ts';
import { Trusted } from './trusted.ts';

const REMEMBERED_KEYS = 5_000;
/** That a key is in use is noted so often. */
const NOTE_EVERY_MS = 60_000;
/** Keys that are looked up for one address: whoever tries out keys is held up, and nobody who has one. */
const LOOKUPS: RateRule = { name: 'key-lookups', limit: 200, windowSeconds: 10 };

interface KeyDeps {
  readonly apiKeys: Pick<Platform['apiKeys'], 'find' | 'used'>;
  readonly rates: Pick<Platform['rates'], 'count'>;
  readonly config: Pick<Platform['config'], 'TRUSTED_PROXIES'>;
}

/** Knows keys. One for the process. */
export class KnownKeys {
  readonly #deps: KeyDeps;
  readonly #known = new Trusted<StoredKey>();
  /** Monotonic ms, by key. */
  readonly #notedAtMs = new RecentMap<number>(REMEMBERED_KEYS);

  constructor(deps: KeyDeps) {
    this.#deps = deps;
  }

  /**
   * For `identify`. Undefined without a token, for tokens of another kind, and where tokens are no keys.
   * @throws Failure INVALID_TOKEN, TOKEN_EXPIRED, RATE_LIMITED; SDK errors.
   */
  readonly owner: Recognise = async (c) => {
    const token = bearerOf(c);
    // A token with dots is a signed one; see `session-owner.ts`.
    if (token?.includes('.') !== false) return undefined;
    const key = keyTokenSchema.safeParse(token).success ? await this.#find(c, token) : undefined;
    if (key === undefined) throw new Failure('INVALID_TOKEN');
    if (Date.parse(key.expiresAt) <= Date.now()) throw new Failure('TOKEN_EXPIRED');
    this.#note(key.keyId);
    return { ...ownerOf(key), isStillGood: () => this.#isStillGood(key, token) };
  };

  /** What was read last of a key that this request was sent with. */
  latest(keyId: string): StoredKey | undefined {
    return this.#known.latest(keyId);
  }

  /** This process has revoked it. */
  forget(keyId: string): void {
    this.#known.forget(keyId);
  }

  async #isStillGood({ keyId }: StoredKey, token: string): Promise<boolean> {
    const key = await this.#known.get(keyId, () => this.#deps.apiKeys.find(token));
    return key !== undefined && Date.parse(key.expiresAt) > Date.now();
  }

  async #find(c: Context<AppEnv>, token: string): Promise<StoredKey | undefined> {
    const keyId = keyIdOfToken(token);
    const isKnown = this.latest(keyId) !== undefined;
    return await this.#known.get(keyId, async () => {
      if (!isKnown) await this.#admit(c);
      return await this.#deps.apiKeys.find(token);
    });
  }

  async #admit(c: Context<AppEnv>): Promise<void> {
    const { rates, config } = this.#deps;
    const { remoteAddress } = c.env.incoming.socket;
    const address = addressOf(remoteAddress, c.req.header('x-forwarded-for'), config.TRUSTED_PROXIES);
    const { allowed, resetSeconds } = await rates.count(LOOKUPS, address ?? 'here');
    if (!allowed) throw new Failure('RATE_LIMITED', { detail: { retryAfterSeconds: resetSeconds } });
  }

  #note(keyId: string): void {
    const now = performance.now();
    if (now - (this.#notedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return;
    this.#notedAtMs.set(keyId, now);
    void this.#deps.apiKeys.used(keyId);
  }
}

function ownerOf({ ownerId, scopes, keyId }: StoredKey): Owner {
  return { kind: 'key', id: ownerId, scopes, keyId };
}
