/** Callers who have signed in: a signed token, in the cookie of a browser or as `Authorization: Bearer`. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { scopes } from '@wavefleet/contracts/people.ts';
import type { Session } from '@wavefleet/platform/people/sessions.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { Recognise } from '../http/owner.ts';
import type { AccessTokens } from './access-tokens.ts';
import { bearerOf, isJudged } from './bearer.ts';
import type { SessionCookies } from './session-cookies.ts';
import { Trusted } from './trusted.ts';

/** Knows sessions. One for the process. */
export class KnownSessions {
  readonly #sessions: Platform['sessions'];
  readonly #tokens: AccessTokens;
  readonly #cookies: SessionCookies;
  readonly #known = new Trusted<Session>();

  constructor(
    { sessions }: Pick<Platform, 'sessions'>,
    { tokens, cookies }: { readonly tokens: AccessTokens; readonly cookies: SessionCookies },
  ) {
    this.#sessions = sessions;
    this.#tokens = tokens;
    this.#cookies = cookies;
  }

  /**
   * For `identify`. Undefined where nobody has signed in. A cookie that is no token any more is refused as well: what is
   * asked meanwhile must not be done in another name.
   * @throws Failure INVALID_TOKEN, TOKEN_EXPIRED; SDK errors.
   */
  readonly owner: Recognise = async (c) => {
    const bearer = bearerOf(c);
    const token = bearer ?? (isJudged(c) ? this.#cookies.get(c, 'access') : undefined);
    if (token === undefined) return undefined;
    const { ownerId, sessionId, rotatedAt } = await this.#tokens.verify(token);
    const read = () => this.#known.get(sessionId, () => this.#sessions.get(sessionId));
    const session = await read();
    if (session?.ownerId !== ownerId) throw new Failure('INVALID_TOKEN');
    if (session.rotatedAt === rotatedAt && session.arrived !== rotatedAt) {
      this.#known.forget(sessionId);
      void this.#sessions.arrive(session);
    }
    const isStillGood = async () => (await read())?.ownerId === ownerId;
    return { kind: 'account', id: ownerId, scopes, isStillGood };
  };

  /** This process has ended it. */
  forget(sessionId: string): void {
    this.#known.forget(sessionId);
  }
}
