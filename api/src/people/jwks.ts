/** `GET /.well-known/jwks.json`: by which keys access tokens are signed, for whoever wants to check one. */
import { type Router, router } from '../http/context.ts';
import type { PeopleDeps } from './deps.ts';

export const jwks = ({ tokens }: PeopleDeps): Router => {
  const app = router();
  app.get('/.well-known/jwks.json', (c) =>
    c.json(tokens.publicKeys, 200, { 'Cache-Control': 'public, max-age=300' }),
  );
  return app;
};
