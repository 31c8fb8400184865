/** `PATCH /api/me`: what an account says of itself. */
import { createRoute } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { changedMeSchema, changeMeBodySchema } from '@wavefleet/contracts/people.ts';
import { emailProblem } from '@wavefleet/platform/people/emailing.ts';
import { type Router, router } from '../http/context.ts';
import { jsonBody } from '../http/json-body.ts';
import { errorAnswers, jsonAnswer, jsonRequest } from '../http/route-parts.ts';
import type { PeopleDeps } from './deps.ts';

const route = createRoute({
  method: 'patch',
  path: '/api/me',
  summary: 'Choose which jobs you get an e-mail about',
  description:
    '`all`: those that completed or failed, except jobs submitted with `email: false`; `asked`: only jobs submitted with `email: true`; or `none`. E-mails go to the address that your sign-in provider has verified.',
  middleware: jsonBody,
  request: { body: jsonRequest(changeMeBodySchema) },
  responses: {
    200: jsonAnswer('The choice as it is now.', changedMeSchema),
    ...errorAnswers(
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'CSRF_REJECTED',
      'UNAUTHENTICATED',
      'EMAIL_UNAVAILABLE',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
    ),
  },
});

export const changeMe = ({ accounts, config }: PeopleDeps): Router =>
  router().openapi(route, async (c) => {
    const { emailNotices } = c.req.valid('json');
    const { id } = c.var.owner;
    const account = await accounts.get(id);
    const reason = emailProblem(account, config);
    // Whoever wants none is not told that there are none.
    if (reason !== undefined && (emailNotices !== 'none' || account === undefined))
      throw new Failure('EMAIL_UNAVAILABLE', { detail: { reason } });
    await accounts.setEmailNotices(id, emailNotices);
    return c.json({ emailNotices }, 200, { 'Cache-Control': 'no-store' });
  });
