/**
 * Node's own HTTP client, for the few requests that no SDK makes. An `import` of `node:http` reads each name that it exports,
 * `WebSocket` among them, and with that undici, which `fetch` needs: an otherwise empty Node has 59 MB then in place of 51.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const http: typeof import('node:http') = require('node:http');

export const https: typeof import('node:https') = require('node:https');
