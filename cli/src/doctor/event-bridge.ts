/** The bus: there, with rules that bring outcomes to somebody, and open to the worker's events. */
import {
  DescribeEventBusCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { resources } from '@wavefleet/contracts/resources.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import type { Subject } from '@wavefleet/platform/trouble/subject.ts';
import { z } from 'zod';
import { look, need } from './calls.ts';
import type { Check, Remark } from './check.ts';
import type { World } from './context.ts';

/** An event that no rule of ours matches. */
const PROBE = {
  Source: `${resources.events.source}.connectivity`,
  DetailType: 'Connectivity Check',
  Detail: '{}',
};
const AGAIN = 'Set it again: terraform apply, or npm run provision.';
const patternShape = z.object({ source: z.array(z.unknown()), 'detail-type': z.array(z.unknown()) });

export function eventBridgeChecks(world: World): Check[] {
  const { aws, config } = world;
  const bus = config.EVENT_BUS;
  const check = (what: string, run: Check['run']): Check => ({
    what: `EventBridge ${bus}: ${what}`,
    thing: bus,
    run,
  });
  return [
    check('is there', async (abortSignal) => {
      // /api/health asks the same.
      await need(about(world, 'DescribeEventBus'), () =>
        aws.eventBridge.send(new DescribeEventBusCommand({ Name: bus }), { abortSignal }),
      );
      return [];
    }),
    check('takes events', async (abortSignal) => {
      const answer = await need(about(world, 'PutEvents'), () =>
        aws.eventBridge.send(new PutEventsCommand({ Entries: [{ ...PROBE, EventBusName: bus }] }), {
          abortSignal,
        }),
      );
      if (!answer.FailedEntryCount) return [];
      const [entry] = answer.Entries ?? [];
      return [
        {
          status: 'FAIL',
          problem: `refused: ${entry?.ErrorCode}: ${entry?.ErrorMessage}`,
          fix: `Correct EVENT_BUS; if it is right, the policy or KMS key of the bus denies events:PutEvents to these credentials.`,
        },
      ];
    }),
    check('rules for outcomes', (signal) => ruleRemarks(world, signal)),
  ];
}

function about({ config }: World, action: string, kind = 'event-bus'): Subject {
  const name = kind === 'rule' ? `${config.EVENT_BUS}/*` : config.EVENT_BUS;
  return {
    action: `events:${action}`,
    resource: `arn:aws:events:${config.AWS_REGION}:*:${kind}/${name}`,
    setting: 'EVENT_BUS',
    name: config.EVENT_BUS,
  };
}

/** Every rule of `resources.json` must be there in some form, whatever its name. Nobody listening loses no job. */
async function ruleRemarks(world: World, abortSignal: AbortSignal): Promise<Remark[]> {
  const { aws, config } = world;
  const { Rules = [] } = await look(about(world, 'ListRules', 'rule'), () =>
    aws.eventBridge.send(new ListRulesCommand({ EventBusName: config.EVENT_BUS }), { abortSignal }),
  );
  const remarks: Remark[] = [];
  const warn = (problem: string, fix = AGAIN) => remarks.push({ status: 'warn', problem, fix });
  for (const { name, detailTypes } of resources.events.rules) {
    const fit = Rules.filter(({ EventPattern }) => matches(EventPattern, detailTypes));
    // Two of ours take the same events: one stands for itself, and one of another name for any of them.
    const others = resources.events.rules.filter((each) => each.name !== name);
    const rule =
      fit.find(({ Name = '' }) => Name.startsWith(name)) ??
      fit.find(({ Name = '' }) => !others.some((other) => Name.startsWith(other.name)));
    if (rule?.Name === undefined) {
      warn(`no rule matches ${detailTypes.join(', ')} (${name}): nobody is told of finished jobs`);
      continue;
    }
    if (rule.State === 'DISABLED') warn(`the rule ${rule.Name} is disabled`, 'Enable it.');
    const { Targets = [] } = await look(about(world, 'ListTargetsByRule', 'rule'), () =>
      aws.eventBridge.send(
        new ListTargetsByRuleCommand({ EventBusName: config.EVENT_BUS, Rule: rule.Name }),
        { abortSignal },
      ),
    );
    if (Targets.length === 0) warn(`the rule ${rule.Name} has no target: nobody is told of finished jobs`);
    // Emulators deliver within one process: their targets need no second place.
    if (environmentOf(config) !== 'aws') continue;
    for (const target of Targets.filter(({ DeadLetterConfig }) => DeadLetterConfig?.Arn === undefined)) {
      warn(
        `the target ${target.Id} of ${rule.Name} has no dead-letter queue: events that cannot be delivered for 24 h are lost`,
        "Give the target a dead_letter_config with its queue's dead-letter queue.",
      );
    }
  }
  return remarks;
}

function matches(pattern: string | undefined, detailTypes: readonly string[]): boolean {
  const { data } = patternShape.safeParse(JSON.parse(pattern ?? 'null'));
  return (
    data?.source.includes(resources.events.source) === true &&
    detailTypes.every((type) => data['detail-type'].includes(type))
  );
}
