/** `GET /api/openapi.json`: the description of all routes, from the schemas that validate them. */
import type { Router } from '../http/context.ts';

/** Adds the route. It describes every route of `app`, also those that are added later. */
export function describeApi(app: Router, version: string): void {
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'wavefleet',
      version,
      description: 'Audio conversion: upload a file, make a job, follow its progress, download the result.',
    },
  });
}
