/** `GET /api/openapi.json`: the description of all routes, from the schemas that validate them. */
import { z } from '@hono/zod-openapi';
import { accessTable } from '../http/access.ts';
import type { Router } from '../http/context.ts';
import { byFormat } from './openapi-formats.ts';
import { links, operationIds } from './openapi-links.ts';

/** The name of API keys in the document. */
const KEY_SCHEME = 'apiKey';

type Document = ReturnType<Router['getOpenAPI31Document']>;

/** Adds the route. It describes every route of `app`, also those that are added later. */
export function describeApi(app: Router, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', KEY_SCHEME, {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`POST /api/keys`), with the scope that a route names.',
  });
  // Written once: half a megabyte takes its time.
  let text: string | undefined;
  app.get('/api/openapi.json', (c) => {
    text ??= JSON.stringify(describe(app, version));
    return c.body(text, 200, { 'Content-Type': 'application/json' });
  });
}

function describe(app: Router, version: string): Document {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'wavefleet',
      version,
      description:
        'Audio conversion: upload a file, make a job, follow its progress, download the result. A request that fits its schema is never refused with 400, except for faults that only show in the bytes of a file or in a cursor; values that do not go together are refused with 422. Errors are JSON, except for callers that prefer `text/html` (`Accept`): a browser that follows a link gets a page.',
    },
  });
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      if (typeof operation === 'object' && operation !== null) describeAccess(`${method} ${path}`, operation);
      const name = operationIds[`${method} ${path}`];
      if (name === undefined || typeof operation !== 'object' || operation === null) continue;
      Object.assign(operation, { operationId: name });
      const linked = links[name];
      const answer: unknown = linked && Reflect.get(Reflect.get(operation, 'responses'), linked.status);
      if (linked !== undefined && typeof answer === 'object' && answer !== null)
        Object.assign(answer, { links: linked.links });
    }
  }
  describeBodies(app, document);
  return document;
}

/** Who may ask: a browser by its cookie or anybody, as far as the service lets them, or whoever has a key of those scopes. */
function describeAccess(row: string, operation: object): void {
  const access = accessTable[row];
  if (access === undefined || access === 'open' || access === 'unjudged') return;
  Object.assign(operation, { security: [{}, { [KEY_SCHEME]: [...access] }] });
}

/**
 * Bodies as zod itself describes them: the generator of the document knows neither several literals nor rules for the
 * names of keys, and says less than what is validated.
 */
function describeBodies(app: Router, document: Document): void {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { path, method, request } = definition.route;
    const json = request?.body?.content['application/json'];
    const schema = json !== undefined && 'schema' in json ? json.schema : undefined;
    if (!(schema instanceof z.ZodType)) continue;
    const { $schema, ...described } = z.toJSONSchema(schema, { io: 'input' });
    const operation: unknown = Reflect.get(document.paths?.[path] ?? {}, method);
    const body: unknown = typeof operation === 'object' && operation && Reflect.get(operation, 'requestBody');
    if (typeof body !== 'object' || body === null) continue;
    const hasFormat = described.properties !== undefined && 'format' in described.properties;
    const whole = hasFormat ? { ...described, allOf: byFormat() } : described;
    Object.assign(body, { content: { 'application/json': { schema: whole } } });
  }
}
