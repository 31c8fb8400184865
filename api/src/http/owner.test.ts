/** Who is taken for whom. What the door shows to whom is in `tests/e2e/api-owner.test.ts`. */
import { expect, test } from 'vitest';
import { type Owner, router } from './context.ts';
import { identify, type Recognise } from './owner.ts';

const anonymous: Owner = { kind: 'anonymous', id: 'anonymous' };
const ann: Owner = { kind: 'browser', id: 'browser:ann' };
const ben: Owner = { kind: 'browser', id: 'browser:ben' };

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
