/** One HTTP server for every service: the SDKs' AWS_ENDPOINT_URL. Dispatch is a function call, not another hop. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Dynamo } from './dynamo.ts';
import type { EventBridge } from './event-bridge.ts';
import type { FauxqsApp } from './fauxqs.ts';
import type { Gate } from './gate.ts';
import type { S3Router } from './s3/router.ts';

/** How long running requests may take to end when the stack stops. */
const STOP_LIMIT_MS = 3000;

export interface Services {
  readonly fauxqs: FauxqsApp;
  readonly dynamo: Dynamo;
  readonly events: EventBridge;
  readonly s3: S3Router;
  readonly gate: Gate;
}

export interface Front {
  readonly url: string;
  /** Refuses new requests at once and lets running ones end. */
  stop(): Promise<void>;
}

export async function startFront(services: Services, host: string, port: number): Promise<Front> {
  const running = new Set<ServerResponse>();
  let idle = (): void => {};
  const server = createServer((req, res) => {
    running.add(res);
    res.once('close', () => {
      running.delete(res);
      if (running.size === 0) idle();
    });
    // A connection that breaks is the client's affair, and `error` without a listener would end the process.
    req.on('error', () => {});
    dispatch(services, req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end(String(error));
    });
  });
  // Large objects take longer than Node's 5 minutes, and clients keep connections longer than its 5 seconds.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The endpoint has no port');

  return {
    url: `http://${host}:${address.port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      if (running.size > 0) {
        await new Promise<void>((resolve) => {
          const limit = setTimeout(resolve, STOP_LIMIT_MS);
          idle = () => {
            clearTimeout(limit);
            resolve();
          };
        });
      }
      server.closeAllConnections();
      await closed;
    },
  };
}

async function dispatch(services: Services, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!(await services.gate.admits(req, res))) return;
  const target = req.headers['x-amz-target'];
  if (typeof target === 'string') {
    if (target.startsWith('DynamoDB_')) return services.dynamo.handle(req, res);
    if (target.startsWith('AWSEvents.')) return services.events.handle(req, res);
    // Clients that use the queue URL as their endpoint post to its path, which fauxqs would take for a bucket.
    req.url = '/';
  } else if (await services.s3.handle(req, res)) return;
  services.fauxqs.routing(req, res);
}
