/** Over the wire: S3 answers 200 and keeps what it was told to delete. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeAwsClients } from '../aws/clients.ts';
import { makeLog } from '../log/log.ts';
import { ObjectStore } from './objects.ts';

/** A store over a stand-in that answers every call with 200 and this body. */
async function storeAnswering(body: string): Promise<ObjectStore> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POLL_WAIT_SECONDS: 1,
  };
  const clients = makeAwsClients(settings, makeLog('test', 'silent'));
  onTestFinished(() => {
    clients.destroy();
    server.closeAllConnections();
    server.close();
  });
  return new ObjectStore(clients, 'bucket');
}

const result = (errors: string) =>
  `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${errors}</DeleteResult>`;
const kept = (key: string, code: string) =>
  `<Error><Key>${key}</Key><Code>${code}</Code><Message>We encountered an internal error.</Message></Error>`;

test('a deletion that S3 refuses key by key has failed', async () => {
  const store = await storeAnswering(result(kept('a', 'InternalError') + kept('c', 'AccessDenied')));
  await expect(store.remove(['a', 'b', 'c'])).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
    cause: { message: 'S3 did not delete 2 of 3 objects: InternalError, AccessDenied' },
  });
});

test('without a word of a key all are gone', async () => {
  const store = await storeAnswering(result(''));
  expect(await store.remove(['a', 'b'])).toBeUndefined();
});
