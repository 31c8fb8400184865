/**
 * A proxy before the embedded services that counts what AWS would charge for. What a fleet does anyway is left out:
 * polls that bring nothing, the sweeper's looks, health checks.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { resources } from '@wavefleet/contracts/resources.ts';
import type { AccessKeys } from '@wavefleet/localstack/embedded/access-keys.ts';
import { sha256Hex, signedAnew } from '@wavefleet/localstack/embedded/signature.ts';
import { z } from 'zod';
import type { Tally } from './prices.ts';
import { stepOf } from './steps.ts';
import { type Item, itemBytes, itemSchema, readUnits, writeUnits } from './write-units.ts';

export interface CountingProxy {
  readonly url: string;
  /** Since the start; never falls. */
  readonly tally: Tally;
  /** Write units by step of a job (`steps.ts`). */
  readonly writesOf: ReadonlyMap<string, number>;
  /** Calls by service and operation, as in `sqs.SendMessage` and `s3.PUT`. */
  readonly callsOf: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

const callSchema = z.object({
  TableName: z.string().optional(),
  Key: itemSchema.optional(),
  Item: itemSchema.optional(),
  UpdateExpression: z.string().optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  Entries: z.array(z.unknown()).optional(),
});
type Call = z.infer<typeof callSchema>;
const answerSchema = z.object({
  Item: itemSchema.optional(),
  Items: z.array(itemSchema).optional(),
  /** Of a BatchGetItem, by table. */
  Responses: z.record(z.string(), z.array(itemSchema)).optional(),
  Messages: z.array(z.unknown()).optional(),
});

/** Of jobs and uploads. What a fleet notes of itself has other keys. */
const OWN_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @param target the embedded services' URL. @param keys that they take. */
export async function startCountingProxy(target: string, keys: AccessKeys): Promise<CountingProxy> {
  const tally: Tally = { writeUnits: 0, readUnits: 0, s3Writes: 0, s3Reads: 0, sqsCalls: 0, events: 0 };
  const writesOf = new Map<string, number>();
  const callsOf = new Map<string, number>();
  const note = (call: string): void => void callsOf.set(call, (callsOf.get(call) ?? 0) + 1);
  // One after the other: each write is weighed by the item before it and the item after it.
  let writing: Promise<void> = Promise.resolve();
  const server = createServer((req, res) => {
    const operation = String(req.headers['x-amz-target'] ?? '');
    if (operation === '') note(`s3.${req.method}`);
    const done = operation === '' ? passS3(target, req, res, tally) : passJson(operation, req, res);
    done.catch(() => res.destroy());
  });

  async function passJson(operation: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await buffer(req);
    const [, verb = ''] = operation.split('.');
    const call = callSchema.safeParse(JSON.parse(body.toString())).data ?? {};
    const isWrite = operation.startsWith('DynamoDB_') && /^(Put|Update|Delete)Item$/.test(verb);
    const forward = () => send(target, req, body);
    const pass = async () => {
      const answer = isWrite ? await weighed(req, call, forward) : await forward();
      if (!isWrite) count(operation, verb, call, answer.body);
      res.writeHead(answer.status, answer.headers).end(answer.body);
    };
    if (!isWrite) return await pass();
    writing = writing.then(pass, pass);
    await writing;
  }

  async function weighed(req: IncomingMessage, call: Call, forward: () => Promise<Answer>): Promise<Answer> {
    const [id = '', table] =
      Object.entries(resources.tables).find(([, { name }]) => call.TableName?.startsWith(name)) ?? [];
    const hashKey = table?.hashKey.name ?? '';
    const value = (call.Key ?? call.Item)?.[hashKey];
    if (table === undefined || value === undefined || !('S' in value) || !OWN_KEY.test(value.S))
      return await forward();
    note(`dynamodb.${String(req.headers['x-amz-target']).split('.')[1]}`);
    const look = async () => {
      const ask = { TableName: call.TableName, Key: { [hashKey]: value }, ConsistentRead: true };
      const body = Buffer.from(JSON.stringify(ask));
      const hash = sha256Hex(body);
      const headers = {
        ...req.headers,
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-content-sha256': hash,
        'content-length': String(body.length),
      };
      const asked = { method: 'POST', url: '/', headers };
      const authorization = signedAnew(asked, hash, keys);
      const found = await send(target, { ...asked, headers: { ...headers, authorization } }, body);
      return answerSchema.parse(JSON.parse(found.body.toString())).Item;
    };
    const before = await look();
    const answer = await forward();
    const units = writeUnits(table, before, await look());
    const step = stepOf(id, call.UpdateExpression);
    tally.writeUnits += units;
    writesOf.set(step, (writesOf.get(step) ?? 0) + units);
    return answer;
  }

  function count(operation: string, verb: string, call: Call, body: Buffer): void {
    const {
      Item: item,
      Items = [],
      Responses = {},
      Messages = [],
    } = answerSchema.safeParse(JSON.parse(body.toString() || '{}')).data ?? {};
    const bytesOf = (items: readonly Item[]) => items.reduce((sum, each) => sum + itemBytes(each), 0);
    if (verb === 'GetItem') {
      note('dynamodb.GetItem');
      tally.readUnits += readUnits(bytesOf(item ? [item] : []), call.ConsistentRead);
    } else if (verb === 'BatchGetItem') {
      note('dynamodb.BatchGetItem');
      // Each by itself, and by its whole size: that of ours is far below the 4 KB of a unit, whatever was asked of it.
      for (const each of Object.values(Responses).flat()) tally.readUnits += readUnits(itemBytes(each), true);
    } else if (verb === 'Query' && call.IndexName !== 'due') {
      note('dynamodb.Query');
      tally.readUnits += readUnits(bytesOf(Items));
    } else if (operation.startsWith('AmazonSQS.')) {
      if (verb === 'GetQueueAttributes' || (verb === 'ReceiveMessage' && Messages.length === 0)) return;
      note(`sqs.${verb}`);
      tally.sqsCalls += 1;
    } else if (verb === 'PutEvents') {
      note('eventbridge.PutEvents');
      tally.events += call.Entries?.length ?? 0;
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tally,
    writesOf,
    callsOf,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function send(
  target: string,
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
): Promise<Answer> {
  const { 'transfer-encoding': _, ...others } = headers;
  const onward = request(new URL(url ?? '/', target), {
    method,
    headers: { ...others, 'content-length': String(body.length) },
  });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
}

/** Streamed through, and counted by method; what deletes is free. */
async function passS3(
  target: string,
  req: IncomingMessage,
  res: ServerResponse,
  tally: Tally,
): Promise<void> {
  const { method = '', url = '/', headers } = req;
  const query = new URL(url, target).searchParams;
  const lists = query.has('list-type') || query.has('uploads') || query.has('uploadId');
  if (method === 'PUT' || (method === 'POST' && !query.has('delete')) || (method === 'GET' && lists))
    tally.s3Writes += 1;
  else if (method === 'GET' || method === 'HEAD') tally.s3Reads += 1;
  const onward = request(new URL(url, target), { method, headers });
  req.pipe(onward);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  res.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(res);
}
