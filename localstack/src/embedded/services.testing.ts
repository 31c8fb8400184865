/** The embedded AWS and a Redis for one test file, in a folder of their own, and what tests ask of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Clients, makeClients } from '../provision/clients.ts';
import type { AccessKeys } from './access-keys.ts';
import { type EmbeddedStack, startEmbeddedStack } from './stack.ts';

const REGION = 'us-east-1';

export class EmbeddedServices {
  readonly #dataDir: string;
  #stack: EmbeddedStack;
  clients: Clients;

  private constructor(dataDir: string, stack: EmbeddedStack) {
    this.#dataDir = dataDir;
    this.#stack = stack;
    this.clients = this.makeClients();
  }

  static async start(): Promise<EmbeddedServices> {
    const dataDir = await mkdtemp(join(tmpdir(), 'wavefleet-stack-'));
    return new EmbeddedServices(dataDir, await startEmbeddedStack({ dataDir, path: process.env.PATH }));
  }

  /** The AWS_ENDPOINT_URL of every client. */
  get url(): string {
    return this.#stack.endpointUrl;
  }

  /** Those that it takes, also after a restart. */
  get keys(): AccessKeys {
    return this.#stack.keys;
  }

  /** Clients of one's own. */
  makeClients(): Clients {
    return makeClients({ endpointUrl: this.url, region: REGION, credentials: this.keys });
  }

  get redisUrl(): string {
    return this.#stack.redisUrl;
  }

  /** SIGKILL. */
  async killRedis(): Promise<void> {
    process.kill(this.#stack.redisPid, 'SIGKILL');
  }

  /** From now on nobody answers at either address. The folder stays until `stop`. */
  async goAway(): Promise<void> {
    await this.#stack.stop();
  }

  /** Ends the stack and starts another one on the same folder. */
  async restart(): Promise<void> {
    this.clients.destroy();
    await this.#stack.stop();
    this.#stack = await startEmbeddedStack({
      dataDir: this.#dataDir,
      path: process.env.PATH,
      keys: this.keys,
    });
    this.clients = this.makeClients();
  }

  async stop(): Promise<void> {
    this.clients.destroy();
    await this.#stack.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

/** Bodies of what is in the queue, or arrives in it within `waitSeconds` (one receive, at most 10). */
export async function receiveBodies(sqs: SQSClient, QueueUrl: string, waitSeconds = 5): Promise<unknown[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: waitSeconds, MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body }) => JSON.parse(Body ?? 'null'));
}
