/** What browsers ask before they talk to S3 themselves: presigned uploads and downloads depend on it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { elements, elementText } from './answers.ts';

/**
 * Sets the CORS headers for a request with an Origin.
 * @param config the bucket's stored CORS XML; without one no origin is welcome, as on AWS.
 * @returns false when the config knows no rule for the request.
 */
export function setCorsHeaders(
  req: IncomingMessage,
  res: ServerResponse,
  config: string | undefined,
): boolean {
  const { origin = '' } = req.headers;
  const method = req.headers['access-control-request-method'] ?? req.method ?? 'GET';
  const asked = req.headers['access-control-request-headers'] ?? '';
  const rule = elements(config ?? '', 'CORSRule').find((one) => allows(one, origin, method, asked));
  if (rule === undefined) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  const methods = elements(rule, 'AllowedMethod');
  res.setHeader('access-control-allow-methods', methods.join(', ') || 'GET, HEAD, PUT, POST, DELETE');
  if (asked !== '') res.setHeader('access-control-allow-headers', asked);
  const exposed = elements(rule, 'ExposeHeader');
  if (exposed.length > 0) res.setHeader('access-control-expose-headers', exposed.join(', '));
  const seconds = elementText(rule, 'MaxAgeSeconds');
  if (seconds !== undefined) res.setHeader('access-control-max-age', seconds);
  return true;
}

function allows(rule: string, origin: string, method: string, headers: string): boolean {
  const names = headers
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return (
    elements(rule, 'AllowedOrigin').some((pattern) => fits(pattern, origin)) &&
    elements(rule, 'AllowedMethod').includes(method) &&
    names.every((name) => elements(rule, 'AllowedHeader').some((pattern) => fits(pattern, name)))
  );
}

/** One `*` stands for any text. */
function fits(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.toLowerCase().split('*');
  const lower = text.toLowerCase();
  if (after === undefined) return lower === before;
  return lower.length >= before.length + after.length && lower.startsWith(before) && lower.endsWith(after);
}
