/** `GET /api/me`: who this service takes the caller for. */
import { createRoute } from '@hono/zod-openapi';
import { type Keeping, meSchema, type PlanView } from '@wavefleet/contracts/people.ts';
import { expireDaysOf, resources } from '@wavefleet/contracts/resources.ts';
import type { Config } from '@wavefleet/platform/config.ts';
import { emailProblem } from '@wavefleet/platform/people/emailing.ts';
import type { Quotas } from '@wavefleet/platform/plans/quotas.ts';
import type { Plan } from '@wavefleet/platform/settings/plans.ts';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jsonAnswer } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';

const route = createRoute({
  method: 'get',
  path: '/api/me',
  summary: 'Who you are here, and what you may do',
  description:
    'A browser is identified by the page’s cookie or by its sign-in, a program by its API key (`Authorization: Bearer`); all others are `anonymous` and share what they make. `auth` says how to sign in here, `plan` what your limits are and how much of them you use.',
  responses: { 200: jsonAnswer('The caller.', meSchema), ...errorAnswers() },
});

export const getMe = ({ knownKeys, accounts, cookies, config, providers, quotas }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const { kind, id: ownerId, scopes, keyId } = c.var.owner;
    const account = kind === 'account' ? await accounts.get(ownerId) : undefined;
    const isTold = emailProblem(account, config) === undefined;
    // Parsed: keys and accounts are more than who they are of shall see.
    const me = meSchema.parse({
      kind,
      ownerId,
      scopes,
      key: keyId === undefined ? undefined : knownKeys.latest(keyId),
      account: account && { ...account, emailNotices: isTold ? account.emailNotices : undefined },
      plan: await planView(quotas, ownerId),
      keeping: keepingOf(config, quotas.planOf(ownerId)),
      auth: {
        mode: config.AUTH,
        // Whole: who came by another name of this host would begin with a cookie that the callback does not see.
        providers: providers.map(({ id, label }) => ({
          id,
          label,
          href: `${config.PUBLIC_URL}/api/auth/sign-in/${id}`,
        })),
        hasSession: cookies.get(c, 'refresh') !== undefined,
      },
    });
    return c.json(me, 200, { 'Cache-Control': 'no-store' });
  });

/** As settings, plan and the bucket's own rules have it. */
function keepingOf({ UPLOAD_KEEP_DAYS, UPLOAD_EXPIRY_HOURS }: Config, { retentionDays }: Plan): Keeping {
  const { prefixes } = resources.bucket;
  const ruleOf = (prefix: string) => expireDaysOf(prefix) ?? Number.MAX_SAFE_INTEGER;
  return {
    resultDays: Math.min(retentionDays, ruleOf(prefixes.conversions)),
    historyDays: retentionDays,
    uploadDays: Math.min(retentionDays, UPLOAD_KEEP_DAYS),
    unusedUploadDays: ruleOf(prefixes.uploads),
    unfinishedUploadHours: UPLOAD_EXPIRY_HOURS,
  };
}

async function planView(quotas: Quotas, ownerId: string): Promise<PlanView> {
  const { name, activeJobs, storedBytes, upload, retentionDays } = quotas.planOf(ownerId);
  const [minutes, held] = await Promise.all([quotas.minutesOf(ownerId), quotas.heldBy(ownerId)]);
  return {
    name,
    minutes,
    uploadBytes: upload.limitBytes,
    retentionDays,
    activeJobs: { limit: activeJobs, used: held.jobs },
    storedBytes: { limit: storedBytes, used: held.bytes },
  };
}
