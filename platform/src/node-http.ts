/**
 * Node's own HTTP client, for the few requests that no SDK makes. An `import` of `node:http` reads each name that it exports,
 * `WebSocket` among them, and so loads what `fetch` loads: undici, 8 MB of a process that needs none of it.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const http: typeof import('node:http') = require('node:http');

export const https: typeof import('node:https') = require('node:https');
