/** What holds for a route before anybody has thought of it. All that have a row are walked in `tests/e2e/api-access.test.ts`. */
import { expect, test } from 'vitest';
import { requireAccess } from './access.ts';
import { type Owner, router } from './context.ts';
import { identify } from './owner.ts';

test.each(['browser', 'account', 'key'] as const)(
  'a route without a row is closed, also to a %s that may do everything',
  async (kind) => {
    const app = router();
    const ann: Owner = { kind, id: 'ann', scopes: ['admin'] };
    app.use(identify([() => ann]));
    app.use('/api/*', requireAccess);
    for (const path of ['/api/jobs', '/api/new'] as const) app.get(path, (c) => c.text('open'));
    expect((await app.request('/api/jobs')).status).toBe(200);
    for (const method of ['GET', 'HEAD'])
      expect((await app.request('/api/new', { method })).status).toBe(404);
  },
);
