/** Who is taken for whom. What the door shows to whom is in `tests/e2e/api-owner.test.ts`. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { expect, test } from 'vitest';
import { type Owner, router } from './context.ts';
import { identify, type Recognise } from './owner.ts';

const anonymous: Owner = {
  kind: 'anonymous',
  id: 'anonymous',
  scopes: ['jobs:read', 'jobs:write', 'uploads:write'],
};
const ann: Owner = { kind: 'browser', id: 'browser:ann', scopes: ['admin'] };
const ben: Owner = { kind: 'browser', id: 'browser:ben', scopes: ['admin'] };

/** Whom a request comes from, by these ways. */
async function ownerBy(...ways: Recognise[]): Promise<unknown> {
  const app = router();
  app.use(identify(ways));
  app.get('/', (c) => c.json(c.var.owner));
  return await (await app.request('/')).json();
}

test('the first way that knows the caller decides, also when it has to look something up', async () => {
  expect(await ownerBy(() => ann)).toEqual(ann);
  expect(
    await ownerBy(
      () => undefined,
      async () => ben,
      () => ann,
    ),
  ).toEqual(ben);
});

test('whom no way knows is anonymous', async () => {
  expect(await ownerBy()).toEqual(anonymous);
  expect(await ownerBy(async () => undefined)).toEqual(anonymous);
});

test('who sends what is no key is nobody, whom nothing is allowed, and is told why later', async () => {
  const app = router();
  app.use(
    identify([
      () => {
        throw new Failure('INVALID_TOKEN');
      },
      () => ann,
    ]),
  );
  app.get('/', (c) => c.json({ owner: c.var.owner, refusal: c.var.refusal?.code }));
  expect(await (await app.request('/')).json()).toEqual({
    owner: { ...anonymous, scopes: [] },
    refusal: 'INVALID_TOKEN',
  });
});
