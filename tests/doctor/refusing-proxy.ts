/** A proxy before the services that refuses single operations as AWS does, and passes the others on. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer in the place of the service's own. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

export interface RefusingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Passes requests on to the services, except those that `refuse` answers.
 * @param refuse is told `AmazonSQS.SendMessage` for the JSON services, else `PUT /bucket/key?query`.
 * @param headers replace those of the answers that are passed on.
 */
export async function startRefusingProxy(
  target: string,
  refuse: (operation: string) => Refusal | undefined,
  headers: Record<string, string> = {},
): Promise<RefusingProxy> {
  const server = createServer((req, res) => {
    const refusal = refuse(String(req.headers['x-amz-target'] ?? `${req.method} ${req.url}`));
    if (refusal === undefined) return pass(req, res, target, headers);
    req.resume();
    res.writeHead(refusal.status, { ...refusal.headers, ...headers }).end(refusal.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(req: IncomingMessage, res: ServerResponse, target: string, more: Record<string, string>): void {
  const { method, url, headers } = req;
  const onward = request(new URL(url ?? '/', target), { method, headers, agent: false }, (answer) => {
    res.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...more });
    answer.pipe(res);
  });
  onward.once('error', () => res.destroy());
  req.pipe(onward);
}

/** An error as S3 writes it. */
export function xmlError(status: number, code: string, message: string, more = ''): Refusal {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
  };
}

/** An error as the JSON services write it; SQS adds the code that its older protocol had. */
export function jsonError(status: number, type: string, message: string, queryCode?: string): Refusal {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      ...(queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};Sender` }),
    },
    body: JSON.stringify({ __type: `com.amazonaws#${type}`, message, Message: message }),
  };
}
