/** DynamoDB: dynalite over LevelDB in this process, plus time to live and added indexes, which it does not know. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { every } from '@wavefleet/platform/every.ts';
import dynalite from 'dynalite';
import { Level } from 'level';
import { randomKeys } from './access-keys.ts';
import { DataUnreadable } from './data-lock.ts';
import { readBody, sendJson, sendJsonError } from './json-protocol.ts';
import { addedIndexesSchema, TableRebuilds } from './table-rebuild.ts';
import { TimeToLive } from './time-to-live.ts';

/** For answers under way. */
const CLOSE_WITHIN_MS = 5_000;

export interface Dynamo {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

/** Items whose time is over are looked for so often, beginning when the start is long over. */
const EXPIRE = { everyMs: 12 * 3_600_000, firstMs: 1_800_000 };

/** Tables live in `folder` and survive a restart. @throws DataUnreadable */
export async function startDynamo(folder: string): Promise<Dynamo> {
  const path = join(folder, 'tables');
  await tryOpening(path);
  const instant = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  const server = dynalite({ path, ...instant });
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
  const own = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    region: 'us-east-1',
    credentials: keys,
  });
  const rebuilds = new TableRebuilds(join(folder, 'table-rebuild.json'), own);
  await rebuilds.resume();
  const ttl = new TimeToLive(join(folder, 'time-to-live.json'), own);
  // What is not deleted now is by a later pass.
  const stopExpiring = every(
    EXPIRE,
    (signal) => ttl.expire(Date.now(), signal),
    () => undefined,
  );

  /** The answer when the call is ours, else undefined and dynalite answers. */
  async function ownAnswer(operation: string, body: Buffer): Promise<object | undefined> {
    if (operation !== 'UpdateTable') return ttl.answer(operation, body);
    const update = addedIndexesSchema.safeParse(JSON.parse(body.toString())).data;
    if (update === undefined) return undefined;
    await rebuilds.addIndexes(update);
    return { TableDescription: { TableName: update.TableName, TableStatus: 'ACTIVE' } };
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
        const answer = await ownAnswer(operation, body);
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
      await stopExpiring();
      own.destroy();
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

/** dynalite would answer nothing at all, for ever. */
async function tryOpening(path: string): Promise<void> {
  const tables = new Level(path);
  try {
    await tables.open();
    await tables.close();
  } catch (error) {
    throw new DataUnreadable(path, error);
  }
}
