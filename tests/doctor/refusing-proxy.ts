/** A provisioned embedded stack to break, and a stand-in before it that refuses single operations as AWS does. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkConnectivity } from '@wavefleet/cli/doctor/doctor.ts';
import type { TestStack } from '@wavefleet/localstack/embedded/services.testing.ts';
import { resourceNames } from '@wavefleet/localstack/provision/names.ts';
import { provision } from '@wavefleet/localstack/provision.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log.ts';
import { connectRedis } from '@wavefleet/platform/progress/redis.ts';

export type Env = Record<string, string>;

export interface Report {
  readonly isWell: boolean;
  /** With `0 ms` for every duration. */
  readonly lines: readonly string[];
  /** All but the lines that say ok. */
  readonly bad: readonly string[];
  readonly summary: string;
}

/** Runs every check with these settings. */
export async function reportOf(env: Env, origin?: string): Promise<Report> {
  const printed: string[] = [];
  const isWell = await checkConnectivity({
    config: loadConfig(env),
    origin,
    print: (line) => void printed.push(line),
  });
  const lines = printed.map((line) => line.replace(/^(\S+) +\d+ ms {2}/, '$1 '));
  return {
    isWell,
    lines,
    bad: lines.slice(0, -1).filter((line) => !line.startsWith('ok ')),
    summary: lines.at(-1) ?? '',
  };
}

/** A set of resources of its own on the stack, and the settings for it. */
export async function provisioned(stack: TestStack, suffix: string): Promise<Env> {
  const { settings } = await provision({
    endpointUrl: stack.url,
    region: 'us-east-1',
    names: resourceNames(suffix),
  });
  return { ...settings, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', REDIS_URL: stack.redisUrl };
}

/** One Redis command, on a connection of its own. */
export async function redisCommand(url: string, command: string, ...args: string[]): Promise<unknown> {
  const { cache, close } = connectRedis(url, makeLog('test', 'silent'));
  try {
    await new Promise((resolve, reject) => cache.once('ready', resolve).once('error', reject));
    return await cache.call(command, ...args);
  } finally {
    close();
  }
}

export interface Refusal {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Passes requests on to the stack, except those that `refuse` answers.
 * @param refuse is told `AmazonSQS.SendMessage` for the JSON services, else `PUT /bucket/key?query`.
 * @param headers replace those of the answers that are passed on.
 */
export async function startStandIn(
  target: string,
  refuse: (operation: string) => Refusal | undefined,
  headers: Record<string, string> = {},
): Promise<StandIn> {
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
