/** The HTTP server around the app: its time limits, its patience with refused uploads, and its orderly end. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Router } from '../http/context.ts';
import { addressOf } from './address.ts';
import { Door } from './door.ts';
import { answersLiveness } from './liveness.ts';
import { Pipelines } from './pipelines.ts';

/** What one process takes at most. */
export interface ServerLimits {
  /** More are closed at once. */
  readonly maxConnections: number;
  readonly headersMs: number;
  /** A whole request with its body. Slow lines are welcome as long as they move; see `least-pace.ts`. */
  readonly requestMs: number;
  /** Proxies of ours in front, whose X-Forwarded-For tells addresses apart. */
  readonly trustedProxies: number;
  /**
   * Told of each connection that was closed for being one too many, for having sent one request too many ahead, or for what
   * it does not take of its answers.
   */
  readonly onDropped?: () => void;
}

/** A client that still sends after its answer is read (and ignored) this long; closing at once could cost it the answer. */
const LINGER_MS = 30_000;
/** A connection on which nothing moves, in either direction. Event streams send a heartbeat every 15 s. */
const IDLE_MS = 30_000;
/** Longer than the idle timeout of an AWS load balancer (60 s), which would else reuse a closing connection. */
const KEEP_ALIVE_MS = 65_000;
/** In so short a time few answers can be made. */
const UNREAD_CHECK_MS = 250;
/** How often Node looks for connections beyond the limits of headers and requests. */
const CHECK_MS = 5_000;

/** The server, listening. */
export interface RunningServer {
  readonly port: number;
  /** Goes on as before, but asks clients, answer by answer, to connect anew: elsewhere, where there is a choice. */
  leave(): void;
  /** Stops accepting, lets requests finish, cuts what is left after the deadline. */
  close(deadlineMs: number): Promise<void>;
}

/** Listens. @param where port 0 takes a free one. @throws Node's own error when the address cannot be had. */
export async function startServer(
  app: Router,
  where: { host: string; port: number },
  { maxConnections, headersMs, requestMs, trustedProxies, onDropped }: ServerLimits,
): Promise<RunningServer> {
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
  });
  const door = new Door();
  const pipelines = new Pipelines(onDropped);
  let isLeaving = false;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (incoming, outgoing) => {
      if (!pipelines.admits(incoming, outgoing)) return;
      // Node says `Connection: close` then.
      if (isLeaving) outgoing.shouldKeepAlive = false;
      outgoing.once('finish', () => linger(incoming));
      if (answersLiveness(incoming, outgoing)) return;
      door.enter(comesFrom(incoming, trustedProxies), {
        begin() {
          // Who has gone meanwhile is not heard of any more by what would begin now.
          if (!incoming.socket.destroyed) void listener(incoming, outgoing);
        },
        drop() {
          incoming.socket.destroy();
          onDropped?.();
        },
      });
    },
  );
  server.on('connection', () => door.connected());
  server.timeout = IDLE_MS;
  server.maxConnections = maxConnections;
  if (onDropped !== undefined) server.on('drop', onDropped);
  const port = await listen(server, where);
  const cutting = setInterval(() => pipelines.cutUnread(), UNREAD_CHECK_MS).unref();
  server.once('close', () => clearInterval(cutting));
  return {
    port,
    leave() {
      isLeaving = true;
    },
    close: (deadlineMs) => close(server, deadlineMs),
  };
}

function comesFrom({ headers, socket }: IncomingMessage, trustedProxies: number) {
  const forwarded = headers['x-forwarded-for'];
  const address = addressOf(socket.remoteAddress, [forwarded].flat().join(', '), trustedProxies);
  return { address: address ?? '', caller: headers.authorization ?? headers.cookie ?? '' };
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/**
 * Reads on after an answer that came before the end of the request, as nginx does: a connection that is closed
 * with unread bytes is reset, and the reset overtakes the answer.
 */
function linger(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  const { socket } = incoming;
  const timer = setTimeout(() => socket.destroySoon(), LINGER_MS);
  timer.unref();
  // The connection may have hundreds of such requests: each takes along what it left there.
  const over = () => {
    clearTimeout(timer);
    socket.off('close', over);
  };
  incoming.once('end', over);
  incoming.on('error', over);
  socket.once('close', over);
  incoming.resume();
}

async function close(server: Server, deadlineMs: number): Promise<void> {
  // Connections become idle one by one while the last requests finish.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearInterval(idle);
  clearTimeout(cut);
}
