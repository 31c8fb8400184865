/** Who may look inside: whoever is on this machine, or has the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isThisMachine } from '@wavefleet/platform/settings/this-machine.ts';
import type { Context } from 'hono';
import type { AppEnv } from './context.ts';

/** Who sends one of these speaks for somebody else, who may be anywhere. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
];

/** @param token DEBUG_TOKEN; undefined: there is none. */
export function isOperator(c: Context<AppEnv>, token: string | undefined): boolean {
  return isFromHere(c) || (token !== undefined && carries(c, token));
}

function isFromHere(c: Context<AppEnv>): boolean {
  if (proxyHeaders.some((name) => c.req.header(name) !== undefined)) return false;
  const { httpVersion, socket } = c.env.incoming;
  // What nginx speaks with those behind it, without one of those headers, unless it is told to (its `proxy_http_version`).
  if (httpVersion === '1.0') return false;
  const host = c.req.header('host') ?? '';
  // Another name for this machine is how a foreign page would have a browser here ask for it (DNS rebinding).
  return isThisMachine(host.replace(/:\d+$/, '')) && isLoopback(socket.remoteAddress);
}

/** RFC 1122 (127.0.0.0/8) and RFC 4291 (::1), also as IPv4 within IPv6. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}

/** Hashed first: the comparison takes equal time whatever was sent, its length included. */
function carries(c: Context<AppEnv>, token: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return given !== undefined && timingSafeEqual(sha256(given), sha256(token));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
