/**
 * How often one caller may ask, and how often begin something new. Every answer says where the caller stands, in the
 * headers of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 10).
 */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { RateRule, RateState } from '@wavefleet/platform/limits/rates.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/context.ts';
import { type Asker, askersOf } from './asker.ts';
import { FairTurns } from './fair-turns.ts';

/** Short, so that who is over the limit need not wait for long. */
const WINDOW_SECONDS = 10;
/** Several people may share an address, and one of them may change cookies. */
const ADDRESS_FACTOR = 4;

/** What makes something that stays: jobs, uploads, links, keys, presets, webhooks, and messages to those, which are tried for a day. */
const submissions =
  /^\/api\/(jobs(\/[^/]+\/(retry|share))?|convert-audio|uploads|upload-audio|upload-cover|keys|presets(\/import)?|webhooks(\/[^/]+\/(test|deliveries\/[^/]+\/replay))?)$/;
/** What goes through a history, record by record. */
const readings = /^\/api\/jobs\/(totals|export)$/;
const searched = ['name', 'status', 'format'] as const;
/**
 * A thousand requests that come in one moment are begun one handful after the other, so that in between the process
 * hears what else comes.
 */
const ARRIVALS_AT_ONCE = 8;

/** Of the owner and of the address. */
type RulePair = Readonly<Record<Asker['kind'], RateRule>>;

interface Standing {
  readonly rule: RateRule;
  readonly state: RateState;
}

/** @throws Failure RATE_LIMITED with `retryAfterSeconds`. */
export function limitRates({ rates, config }: Pick<Platform, 'rates' | 'config'>): MiddlewareHandler<AppEnv> {
  const requests = rulesOf('requests', config.REQUESTS_PER_MINUTE);
  const begun = rulesOf('submissions', config.SUBMISSIONS_PER_MINUTE);
  // By themselves: who looks at a history while jobs end shall be able to order more.
  const searches = rulesOf('searches', config.SUBMISSIONS_PER_MINUTE);
  const arrivals = new FairTurns(ARRIVALS_AT_ONCE);
  return async (c, next) => {
    const costly = isSubmission(c.req) ? [begun] : isSearch(c.req) ? [searches] : [];
    const rules = [requests, ...costly];
    const askers = askersOf(c, config.TRUSTED_PROXIES);
    const standings = await arrivals.run(c.var.owner.id, () =>
      Promise.all(rules.map((pair) => tightestOf(rates, pair, askers))),
    );
    c.header(
      'RateLimit-Policy',
      standings.map(({ rule }) => `"${rule.name}";q=${rule.limit};w=${rule.windowSeconds}`).join(', '),
    );
    c.header(
      'RateLimit',
      standings
        .map(({ rule, state }) => `"${rule.name}";r=${state.remaining};t=${state.resetSeconds}`)
        .join(', '),
    );
    const waits = standings.map(({ state }) => (state.allowed ? 0 : state.resetSeconds));
    const waitSeconds = Math.max(...waits);
    if (waitSeconds > 0) throw new Failure('RATE_LIMITED', { detail: { retryAfterSeconds: waitSeconds } });
    await next();
  };
}

/** Whoever wants everything deleted leaves a note of it for about an hour, and gets another cookie. */
function isSubmission({ method, path }: HonoRequest): boolean {
  return method === 'POST' ? submissions.test(path) : method === 'DELETE' && path === '/api/me';
}

/** A thousand records may be read for it. */
function isSearch(req: HonoRequest): boolean {
  const { method, path } = req;
  if (method === 'POST') return false;
  return (
    readings.test(path) || (path === '/api/jobs' && searched.some((part) => req.query(part) !== undefined))
  );
}

/** Counts the request for each asker; where the one stands who has the least left. */
async function tightestOf(
  rates: Platform['rates'],
  pair: RulePair,
  askers: readonly Asker[],
): Promise<Standing> {
  const standings = await Promise.all(
    askers.map(async ({ kind, id }) => ({ rule: pair[kind], state: await rates.count(pair[kind], id) })),
  );
  return standings.reduce((tightest, each) => (isTighter(each, tightest) ? each : tightest));
}

function rulesOf(name: string, perMinute: number): RulePair {
  const limit = Math.ceil((perMinute * WINDOW_SECONDS) / 60);
  return {
    owner: { name, limit, windowSeconds: WINDOW_SECONDS },
    address: { name: `${name}-by-address`, limit: limit * ADDRESS_FACTOR, windowSeconds: WINDOW_SECONDS },
  };
}

/** Who may ask just once more has as little left as who may not ask. */
function isTighter({ state: a }: Standing, { state: b }: Standing): boolean {
  return a.allowed === b.allowed ? a.remaining < b.remaining : b.allowed;
}
