/**
 * The real API, a real worker and a real notifier with the settings of their ECS tasks. Only what a task gets from ECS itself, and
 * what the emulator cannot give, is put in: addresses, keys, a Redis, a work folder.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { Child } from '@wavefleet/localstack/child.ts';
import { startRedis } from '@wavefleet/localstack/embedded/redis.ts';
import { localEnv } from '@wavefleet/localstack/local-env.ts';
import { frugalNode, servingNode } from '@wavefleet/localstack/node-flags.ts';
import { EMULATOR_CREDENTIALS } from '@wavefleet/localstack/provision/clients.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { z } from 'zod';
import type { Applied, Service } from './applied.ts';
import { grantedActions } from './task-actions.ts';
import { actionsOf } from './used-actions.ts';
import { repositoryRoot } from './workspace.ts';

const apiReady = z.object({ listening: z.int() });
/** Redis has operations as well, and no `aws`. */
const callSchema = z.object({ aws: z.string().optional(), operation: z.string().optional() });

/** The receiver of webhooks is on this machine. */
const toNeighbours = { WEBHOOK_PRIVATE_ADDRESSES: 'true' };

export class TaskFleet {
  /** Settings of the API, for clients of S3 and SQS. */
  readonly env: Record<string, string>;
  readonly client: Client;
  readonly #logs: Readonly<Record<Service, string>>;
  readonly #releasers: Releasers;

  private constructor(
    env: Record<string, string>,
    client: Client,
    logs: Readonly<Record<Service, string>>,
    releasers: Releasers,
  ) {
    this.env = env;
    this.client = client;
    this.#logs = logs;
    this.#releasers = releasers;
  }

  /** @throws what a process says when its settings are not valid. */
  static async start(applied: Applied, endpointUrl: string, dir: string): Promise<TaskFleet> {
    const releasers = new Releasers();
    try {
      const redis = await startRedis('127.0.0.1', 0, process.env.PATH);
      releasers.add(() => redis.stop());
      // Nobody signs in to this one by IAM.
      const ownRedis = { REDIS_URL: redis.url, REDIS_IAM_USER: '', REDIS_IAM_CACHE: '' };
      const envOf = (service: Service): Record<string, string> => ({
        ...applied.tasks[service].environment,
        ...('REDIS_URL' in applied.tasks[service].environment ? ownRedis : {}),
        ...localEnv(endpointUrl, EMULATOR_CREDENTIALS),
        LOG_LEVEL: 'debug',
      });
      const logs = {
        api: join(dir, 'api.log'),
        worker: join(dir, 'worker.log'),
        notifier: join(dir, 'notifier.log'),
      };
      const start = (service: Service, own: Record<string, string>) => {
        const child = new Child({
          name: service,
          entry: join(repositoryRoot, service === 'api' ? 'api' : 'worker', 'src', 'main.ts'),
          nodeFlags: service === 'api' ? servingNode : frugalNode,
          env: { ...envOf(service), ...own },
          logFile: logs[service],
        });
        releasers.add(async () => void (await child.stop()));
        return child;
      };
      const api = start('api', { HOST: '127.0.0.1', PORT: '0', ...toNeighbours });
      const worker = start('worker', { WORK_DIR: join(dir, 'work') });
      const notifier = start('notifier', { WORK_DIR: join(dir, 'notices'), ...toNeighbours });
      const { listening } = apiReady.parse(await api.ready);
      await worker.ready;
      await notifier.ready;
      const client = new Client(`http://127.0.0.1:${listening}`);
      return new TaskFleet(envOf('api'), client, logs, releasers);
    } catch (error) {
      await releasers.run();
      throw error;
    }
  }

  /** What each process has asked AWS for and its role would not have let through; and how many kinds there were. */
  async calls(): Promise<{ kinds: Record<string, number>; refused: string[] }> {
    const granted = await grantedActions();
    const kinds: Record<string, number> = {};
    const refused: string[] = [];
    for (const [service, file] of Object.entries(this.#logs)) {
      const operations = new Set(await operationsIn(file));
      kinds[service] = operations.size;
      for (const operation of operations) {
        const missing = actionsOf(`${operation}Command`).filter(
          (action) => !granted.get(service)?.has(action),
        );
        refused.push(...missing.map((action) => `${service}: ${action}`));
      }
    }
    return { kinds, refused };
  }

  async stop(): Promise<void> {
    await this.#releasers.run();
  }
}

/** The SDK operations in a log at level debug, which has a line for each call. */
async function operationsIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => {
    const { aws, operation } = callSchema.parse(JSON.parse(line));
    return aws === undefined || operation === undefined ? [] : [operation];
  });
}
