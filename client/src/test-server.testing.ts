/** A real HTTP server that answers as a test says: what the client meets in the wild, reproduced. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { Client, type ClientOptions } from './client.ts';

/** What arrived, once all of it had. */
interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answerer = (asked: Asked, answer: ServerResponse) => void;

export interface TestServer {
  readonly url: string;
  readonly client: Client;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  /** Resolves when a connection of the client is closed. */
  readonly hungUp: Promise<void>;
}

/**
 * Listens until the test is over. Each request gets the next of `answerers`; the last one answers all that follow.
 */
export async function serve(answerers: readonly Answerer[], options?: ClientOptions): Promise<TestServer> {
  const asked: Asked[] = [];
  const hungUp = Promise.withResolvers<void>();
  const server = createServer(async (incoming, answer) => {
    incoming.socket.once('close', () => hungUp.resolve());
    const { method, url, headers } = incoming;
    const request = { method, url, headers, body: await buffer(incoming) };
    asked.push(request);
    answerers[Math.min(asked.length, answerers.length) - 1]?.(request, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { url, client: new Client(url, options), asked, hungUp: hungUp.promise };
}

/** An address at which nobody listens any more. */
export async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Answers with JSON. */
export const json =
  (body: unknown, status = 200): Answerer =>
  (_asked, answer) => {
    answer.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

/** Takes the request and never answers. */
export const silence: Answerer = () => {};

/** Begins an answer of JSON and breaks the connection in the middle of it. */
export const brokenOff: Answerer = (_asked, answer) => {
  answer.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  answer.write('{"jobId":', () => answer.destroy());
};

/** What the call threw. @throws Error when it did not. */
export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`expected an error, got ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}
