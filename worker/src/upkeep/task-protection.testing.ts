/** The ECS agent's task protection endpoint, emulated: real HTTP, answers as the AWS guide shows them. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const wishSchema = z.strictObject({
  ProtectionEnabled: z.boolean(),
  ExpiresInMinutes: z.int().min(1).max(2_880).optional(),
});
export type ProtectionCall = z.infer<typeof wishSchema>;

const TASK = 'arn:aws:ecs:us-east-1:123456789012:task/wavefleet/0123456789abcdef';

/** How the agent behaves: as it should, or wrong in one of the ways in which it can be. */
export type AgentMode = 'obey' | 'failure' | 'error' | 'garbage' | 'hang';

export class AgentEmulator {
  /** Every call so far. */
  readonly calls: ProtectionCall[] = [];
  mode: AgentMode = 'obey';
  readonly #server = createServer(async (request, response) => {
    if (request.method !== 'PUT' || request.url !== '/api/42/task-protection/v1/state') {
      response.writeHead(404).end();
      return;
    }
    const call = wishSchema.parse(JSON.parse(await text(request)));
    this.calls.push(call);
    this.#answer(response, call);
    this.#tellWaiters();
  });
  #waiters: { count: number; resolve: () => void }[] = [];

  static async start(): Promise<AgentEmulator> {
    const agent = new AgentEmulator();
    agent.#server.listen(0, '127.0.0.1');
    await once(agent.#server, 'listening');
    return agent;
  }

  /** For `ECS_AGENT_URI`. */
  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/42`;
  }

  /** Resolves when at least that many calls have arrived. */
  async called(count: number): Promise<ProtectionCall[]> {
    await new Promise<void>((resolve) => {
      this.#waiters.push({ count, resolve });
      this.#tellWaiters();
    });
    return this.calls;
  }

  /** A request of no meaning: what was on its way before it has had its time. */
  async roundTrip(): Promise<void> {
    await (await fetch(this.uri)).arrayBuffer();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(response: ServerResponse, { ProtectionEnabled, ExpiresInMinutes = 120 }: ProtectionCall): void {
    const ExpirationDate = new Date(Date.now() + ExpiresInMinutes * 60_000).toISOString();
    const answers = {
      obey: {
        protection: { ProtectionEnabled, TaskArn: TASK, ...(ProtectionEnabled ? { ExpirationDate } : {}) },
      },
      failure: { failure: { Arn: TASK, Reason: 'DEPLOYMENT_BLOCKED', Detail: null } },
      error: { requestID: 'r', error: { Arn: TASK, Code: 'AccessDeniedException', Message: 'not allowed' } },
      garbage: 'no idea',
    };
    if (this.mode === 'hang') return;
    const status = this.mode === 'obey' || this.mode === 'failure' ? 200 : 400;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(this.mode === 'garbage' ? '<html>' : JSON.stringify(answers[this.mode]));
  }

  #tellWaiters(): void {
    this.#waiters = this.#waiters.filter(({ count, resolve }) => {
      if (this.calls.length < count) return true;
      resolve();
      return false;
    });
  }
}
