/**
 * fauxqs' app together with the stores behind it. Its package exports only `buildApp`, which hides them, and
 * everything we mend (notifications, files on disk, aborted polls) needs them; so they are loaded by path.
 */
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildAppOptions, buildApp } from 'fauxqs';

type Stores = NonNullable<BuildAppOptions['stores']>;
type SqsStore = Stores['sqsStore'];
export type S3Store = Stores['s3Store'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;
type SqsMessage = Parameters<SqsQueue['enqueue']>[0];
export type S3Object = ReturnType<S3Store['headObject']>;
export type S3Persistence = NonNullable<S3Store['persistence']>;
export type FauxqsApp = ReturnType<typeof buildApp>;

type ReceiveAnswer = { Messages?: { ReceiptHandle: string }[] | undefined };
type ReceiveMessage = (body: object, store: SqsStore) => Promise<ReceiveAnswer>;

export interface Fauxqs {
  readonly app: FauxqsApp;
  readonly sqs: SqsStore;
  readonly s3: S3Store;
  readonly receiveMessage: ReceiveMessage;
  /** Puts a message into the queue with this ARN. False when there is no such queue. */
  send(queueArn: string, body: string): boolean;
}

/** Not yet listening: whoever calls this adds hooks, then `app.ready()`. */
export async function loadFauxqs(region: string): Promise<Fauxqs> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (manifest === undefined) throw new Error('The package fauxqs is not installed: run npm ci.');
  const load = (file: string): Promise<unknown> =>
    import(pathToFileURL(join(dirname(manifest), 'dist', file)).href);
  // The exact version is pinned in package.json; the stack's tests fail if these files ever move.
  const { SqsStore } = (await load('sqs/sqsStore.js')) as {
    SqsStore: { new (): SqsStore; createMessage(body: string): SqsMessage };
  };
  const { SnsStore } = (await load('sns/snsStore.js')) as { SnsStore: new () => Stores['snsStore'] };
  const { S3Store } = (await load('s3/s3Store.js')) as { S3Store: new () => S3Store };
  const { receiveMessage } = (await load('sqs/actions/receiveMessage.js')) as {
    receiveMessage: ReceiveMessage;
  };

  const sqs = new SqsStore();
  // Without a host of its own, fauxqs builds queue URLs from the Host header: those resolve.
  sqs.host = '';
  const s3 = new S3Store();
  const app = buildApp({
    logger: false,
    defaultRegion: region,
    stores: { sqsStore: sqs, snsStore: new SnsStore(), s3Store: s3 },
  });
  return {
    app,
    sqs,
    s3,
    receiveMessage,
    send(queueArn, body) {
      const queue = sqs.getQueueByArn(queueArn);
      queue?.enqueue(SqsStore.createMessage(body));
      return queue !== undefined;
    },
  };
}
