/** The doctor on what only AWS itself has: dead-letter queues of targets. */
import { ListTargetsByRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { runChecks } from '@wavefleet/cli/doctor/check.ts';
import { makeWorld } from '@wavefleet/cli/doctor/context.ts';
import { eventBridgeChecks } from '@wavefleet/cli/doctor/event-bridge.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { whereIs } from '@wavefleet/platform/trouble/where.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { provisioned, type Services, startServices } from '../bring-up/services.ts';

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.stop());

test('on AWS a rule whose target has no dead-letter queue is a warning', async () => {
  const { AWS_ENDPOINT_URL = '', ...env } = await provisioned(services);
  const rule = { Rule: 'wavefleet-job-outcomes', EventBusName: env.EVENT_BUS };
  const { Targets = [] } = await services.clients.events.send(new ListTargetsByRuleCommand(rule));
  const bare = Targets.map(({ Id, Arn }) => ({ Id, Arn }));
  await services.clients.events.send(new PutTargetsCommand({ ...rule, Targets: bare }));
  // The settings name no endpoint, as on AWS; the SDK by itself still finds the stack.
  vi.stubEnv('AWS_ENDPOINT_URL', AWS_ENDPOINT_URL);
  const world = makeWorld(loadConfig({ ...env, REDIS_URL: '' }), undefined);
  try {
    const { findings } = await runChecks(eventBridgeChecks(world), whereIs(world.config, 'EventBridge'));
    expect(findings.map(({ status }) => status)).toEqual(['ok', 'ok', 'warn']);
    expect(findings[2]?.remarks).toEqual(
      ['events of wavefleet-job-outcomes', 'notices of wavefleet-notices'].map((target) => ({
        status: 'warn',
        problem: `the target ${target} has no dead-letter queue: events that cannot be delivered for 24 h are lost`,
        fix: "Give the target a dead_letter_config with its queue's dead-letter queue.",
      })),
    );
  } finally {
    world.close();
    vi.unstubAllEnvs();
  }
});
