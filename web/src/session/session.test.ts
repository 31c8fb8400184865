/** How the page finds out who looks at it, and stays signed in. */
import { Problem } from '@wavefleet/client/problem.ts';
import type { Me } from '@wavefleet/contracts/people.ts';
import { expect, test } from 'vitest';
import { Session, type SessionDeps } from './session.ts';

const me = (kind: Me['kind'], hasSession: boolean): Me => ({
  ...{ kind, ownerId: 'o', scopes: [] },
  auth: { mode: 'optional', providers: [], hasSession },
});
const refused = () => Promise.reject(new Problem('INVALID_TOKEN', 'No.', { status: 401 }));

/** A session whose server answers one after the other who it is; the last answer stays. */
function sessionOf(answers: (() => Promise<Me>)[], refresh: SessionDeps['refresh']) {
  const did: string[] = [];
  const planned: (() => void)[] = [];
  const session = new Session({
    me: () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? refused(),
    changeMe: async (change) => change,
    refresh: () => {
      did.push('refresh');
      return refresh();
    },
    signOut: async () => undefined,
    eraseEverything: async () => {
      did.push('erase');
      // By a token that has run out the first time.
      if (did.filter((each) => each === 'erase').length === 1) return await refused();
      return { done: true, watchedUntil: '2026-01-01T00:00:00.000Z' };
    },
    alone: (work) => work(),
    later: (work, ms) => {
      planned.push(work);
      did.push(`again in ${ms} ms`);
    },
  });
  return { session, did, planned };
}
const fresh = async () => ({ accessToken: 't', expiresInSeconds: 600 });

test('nobody has signed in: nothing is renewed', async () => {
  const { session, did } = sessionOf([async () => me('browser', false)], fresh);
  expect((await session.start()).kind).toBe('browser');
  expect(did).toEqual([]);
});

test('a session of the last visit is taken up, and renewed before its token ends', async () => {
  const { session, did } = sessionOf(
    [async () => me('browser', true), async () => me('account', true)],
    fresh,
  );
  expect((await session.start()).kind).toBe('account');
  expect(did).toEqual(['refresh', 'again in 480000 ms']);
});

test('a session that has ended meanwhile is one no longer on the page either', async () => {
  const account = async () => me('account', true);
  let isOver = false;
  const { session, planned } = sessionOf([account, account, async () => me('browser', false)], () =>
    isOver ? refused() : fresh(),
  );
  await session.start();
  expect(session.me.value?.kind).toBe('account');
  isOver = true;
  planned[0]?.();
  await expect.poll(() => session.me.value?.kind).toBe('browser');
});

test('a token that is none any more is renewed, or who it was is a stranger', async () => {
  const { session, did } = sessionOf([refused, async () => me('browser', false)], refused);
  expect((await session.start()).kind).toBe('browser');
  expect(did).toEqual(['refresh']);
});

test('a server that does not answer is asked again, one that refuses is not', async () => {
  const away = sessionOf([async () => me('account', true)], () =>
    Promise.reject(new Problem('NO_ANSWER', 'No.')),
  );
  expect(await away.session.renew()).toBe(false);
  expect(away.did).toEqual(['refresh', 'again in 10000 ms']);
  const over = sessionOf([async () => me('account', true)], refused);
  expect(await over.session.renew()).toBe(false);
  expect(over.did).toEqual(['refresh']);
});

test('of several renewals that are planned only the last one comes', async () => {
  const { session, did, planned } = sessionOf([async () => me('account', true)], fresh);
  await session.renew();
  await session.renew();
  const asked = () => did.filter((each) => each === 'refresh').length;
  planned[0]?.();
  expect(asked()).toBe(2);
  planned[1]?.();
  expect(asked()).toBe(3);
});

test('who asks for a renewal while one is under way shares it', async () => {
  const { session, did } = sessionOf([async () => me('account', true)], fresh);
  expect(await Promise.all([session.renew(), session.renew(), session.renew()])).toEqual([true, true, true]);
  expect(did.filter((each) => each === 'refresh')).toEqual(['refresh']);
});

test('everything is deleted by a token that is renewed for it, and nothing is renewed afterwards', async () => {
  const { session, did, planned } = sessionOf([async () => me('account', true)], fresh);
  await session.eraseEverything();
  expect(did).toEqual(['erase', 'refresh', 'again in 480000 ms', 'erase']);
  for (const work of planned) work();
  expect(did.filter((each) => each === 'refresh')).toHaveLength(1);
});

test('who cannot be renewed is told so', async () => {
  const { session } = sessionOf([async () => me('account', true)], refused);
  await expect(session.eraseEverything()).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
});

test('what happens within some seconds is one look at what is used', async () => {
  const { session, did, planned } = sessionOf([async () => me('browser', false)], fresh);
  for (let each = 0; each < 3; each += 1) session.lookSoon();
  expect(did).toEqual(['again in 4000 ms']);
  planned[0]?.();
  await expect.poll(() => session.me.value?.kind).toBe('browser');
  session.lookSoon();
  expect(did).toHaveLength(2);
});
