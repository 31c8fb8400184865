/** DynamoDB: dynalite over LevelDB in this process, plus time to live and added indexes, which it does not know. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import dynalite from 'dynalite';
import { z } from 'zod';
import { randomKeys } from './access-keys.ts';
import { AwsJsonError, readBody, sendJson, sendJsonError } from './json-protocol.ts';
import { addedIndexesSchema, TableRebuilds } from './table-rebuild.ts';

/** For answers under way. */
const CLOSE_WITHIN_MS = 5_000;

export interface Dynamo {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

const ttlAttributes = z.record(z.string(), z.string());
const tableBody = z.looseObject({ TableName: z.string() });
const ttlBody = tableBody.extend({
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }),
});

/** Tables live in `folder` and survive a restart. Expired items are never deleted: AWS takes days as well. */
export async function startDynamo(folder: string): Promise<Dynamo> {
  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = dynalite({ path: join(folder, 'tables'), ...instant });
  // dynalite closes its database only from a listening server. It checks nobody, and lets every page ask: whoever finds
  // the port is refused, but for rebuilds, which have a key of their own.
  const keys = randomKeys();
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  const answerAs = (req: object, res: ServerResponse) => {
    for (const listener of listeners) Reflect.apply(listener, server, [req, res]);
  };
  server.on('request', (req, res) => {
    if (req.headers.authorization?.includes(keys.accessKeyId)) answerAs(req, res);
    else res.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rebuilds = new TableRebuilds(join(folder, 'table-rebuild.json'), portOf(server), keys);
  await rebuilds.resume();

  const ttlFile = join(folder, 'time-to-live.json');
  const ttl = new Map(Object.entries(readTtl(ttlFile)));
  const saveTtl = () => writeFileSync(ttlFile, JSON.stringify(Object.fromEntries(ttl)));

  /** The answer when the call is ours, else undefined and dynalite answers. */
  async function own(operation: string, body: Buffer): Promise<object | undefined> {
    if (operation === 'UpdateTable') {
      const update = addedIndexesSchema.safeParse(JSON.parse(body.toString())).data;
      if (update === undefined) return undefined;
      await rebuilds.addIndexes(update);
      return { TableDescription: { TableName: update.TableName, TableStatus: 'ACTIVE' } };
    }
    if (operation === 'UpdateTimeToLive') {
      const { TableName, TimeToLiveSpecification: spec } = ttlBody.parse(JSON.parse(body.toString()));
      const verb = spec.Enabled ? 'enabled' : 'disabled';
      if (spec.Enabled === ttl.has(TableName)) {
        throw new AwsJsonError('ValidationException', `TimeToLive is already ${verb}`);
      }
      if (spec.Enabled) ttl.set(TableName, spec.AttributeName);
      else ttl.delete(TableName);
      saveTtl();
      return { TimeToLiveSpecification: spec };
    }
    if (operation === 'DescribeTimeToLive' || operation === 'DeleteTable') {
      const { TableName } = tableBody.parse(JSON.parse(body.toString()));
      const attribute = ttl.get(TableName);
      if (attribute === undefined) return undefined;
      if (operation === 'DescribeTimeToLive') {
        return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: attribute } };
      }
      ttl.delete(TableName);
      saveTtl();
    }
    return undefined;
  }

  const answers = new Set<Promise<void>>();
  /** Until dynalite has written the answer: it reads its tables for as long, also when nobody waits any more. */
  const noteAnswer = (res: ServerResponse) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answers.add(promise);
    void promise.then(() => answers.delete(promise));
    res.end = new Proxy(res.end, {
      apply(end, self, args) {
        resolve();
        return Reflect.apply(end, self, args);
      },
    });
  };

  return {
    async handle(req, res) {
      // dynalite throws on a request that breaks off, which would end the process: it never sees the socket.
      const body = await readBody(req);
      try {
        const operation = String(req.headers['x-amz-target']).split('.')[1] ?? '';
        const answer = await own(operation, body);
        if (answer !== undefined) sendJson(res, '1.0', answer);
        else {
          noteAnswer(res);
          answerAs(again(req, body), res);
        }
      } catch (error) {
        sendJsonError(res, '1.0', error);
      }
    },
    async close() {
      rebuilds.close();
      // Who reads a table that is closed throws where nobody catches it.
      await Promise.race([Promise.all(answers), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/** A request whose body was read. */
function again({ headers, method, url }: IncomingMessage, body: Buffer): Readable {
  return Object.assign(Readable.from([body]), { headers, method, url });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite listens nowhere');
  return address.port;
}

function readTtl(file: string): Record<string, string> {
  try {
    return ttlAttributes.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
