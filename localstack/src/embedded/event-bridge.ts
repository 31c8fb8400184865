/**
 * EventBridge in memory: buses, rules, SQS targets. Rules are not kept over a restart, since provisioning runs
 * at every start anyway.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  busName,
  entry,
  named,
  parseDetail,
  parsePattern,
  putEvents,
  putRule,
  putTargets,
  requireSmall,
  ruleOf,
  targetsOf,
} from './event-bridge-inputs.ts';
import { type EventPattern, matchesPattern } from './event-pattern.ts';
import { AwsJsonError, readBody, sendJson, sendJsonError } from './json-protocol.ts';

const ACCOUNT = '000000000000';

interface Rule {
  readonly name: string;
  readonly patternText: string;
  readonly pattern: EventPattern;
  readonly enabled: boolean;
  readonly targets: Map<string, string>;
}
type Send = (queueArn: string, body: string) => boolean;
type Operation = (input: unknown) => object;

export class EventBridge {
  readonly #buses = new Map<string, Map<string, Rule>>([['default', new Map()]]);
  readonly #region: string;
  readonly #send: Send;
  readonly #operations: Record<string, Operation>;

  constructor(region: string, send: Send) {
    this.#region = region;
    this.#send = send;
    this.#operations = this.#makeOperations();
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req);
    try {
      const name = String(req.headers['x-amz-target']).split('.')[1] ?? '';
      const operation = this.#operations[name];
      if (operation === undefined) throw new AwsJsonError('UnknownOperationException', `Unknown: ${name}`);
      sendJson(res, '1.1', operation(JSON.parse(body.toString() || '{}')));
    } catch (error) {
      const invalid = error instanceof z.ZodError;
      sendJsonError(
        res,
        '1.1',
        invalid ? new AwsJsonError('ValidationException', z.prettifyError(error)) : error,
      );
    }
  }

  #makeOperations(): Record<string, Operation> {
    return {
      CreateEventBus: (input) => {
        const { Name } = named.parse(input);
        if (this.#buses.has(Name)) {
          throw new AwsJsonError('ResourceAlreadyExistsException', `Event bus ${Name} already exists.`);
        }
        this.#buses.set(Name, new Map());
        return { EventBusArn: this.#busArn(Name) };
      },
      DescribeEventBus: (input) => {
        const { Name } = z.object({ Name: busName }).parse(input);
        this.#bus(Name);
        return { Name, Arn: this.#busArn(Name) };
      },
      ListEventBuses: () => ({
        EventBuses: [...this.#buses.keys()].map((Name) => ({ Name, Arn: this.#busArn(Name) })),
      }),
      DeleteEventBus: (input) => {
        this.#buses.delete(named.parse(input).Name);
        return {};
      },
      PutRule: (input) => this.#putRule(putRule.parse(input)),
      DescribeRule: (input) => {
        const { Name, EventBusName } = ruleOf.parse(input);
        return this.#describe(this.#rule(Name, EventBusName), EventBusName);
      },
      ListRules: (input) => {
        const { EventBusName } = z.object({ EventBusName: busName }).parse(input);
        return {
          Rules: [...this.#bus(EventBusName).values()].map((rule) => this.#describe(rule, EventBusName)),
        };
      },
      DeleteRule: (input) => {
        const { Name, EventBusName } = ruleOf.parse(input);
        if ((this.#bus(EventBusName).get(Name)?.targets.size ?? 0) > 0) {
          throw new AwsJsonError('ValidationException', "Rule can't be deleted since it has targets.");
        }
        this.#bus(EventBusName).delete(Name);
        return {};
      },
      PutTargets: (input) => {
        const { Rule, EventBusName, Targets } = putTargets.parse(input);
        for (const target of Targets) this.#rule(Rule, EventBusName).targets.set(target.Id, target.Arn);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      ListTargetsByRule: (input) => {
        const { Rule, EventBusName } = targetsOf.parse(input);
        return { Targets: [...this.#rule(Rule, EventBusName).targets].map(([Id, Arn]) => ({ Id, Arn })) };
      },
      RemoveTargets: (input) => {
        const { Rule, EventBusName, Ids } = targetsOf.extend({ Ids: z.array(z.string()) }).parse(input);
        for (const id of Ids) this.#rule(Rule, EventBusName).targets.delete(id);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      PutEvents: (input) => {
        const entries = putEvents.parse(input).Entries;
        requireSmall(entries);
        const Entries = entries.map((one) => this.#putEvent(one));
        return { FailedEntryCount: Entries.filter((one) => 'ErrorCode' in one).length, Entries };
      },
      TagResource: () => ({}),
      UntagResource: () => ({}),
      ListTagsForResource: () => ({ Tags: [] }),
    };
  }

  #putRule({ Name, EventBusName, EventPattern, State }: z.infer<typeof putRule>): object {
    const bus = this.#bus(EventBusName);
    const pattern = parsePattern(EventPattern);
    const targets = bus.get(Name)?.targets ?? new Map<string, string>();
    bus.set(Name, { name: Name, patternText: EventPattern, pattern, enabled: State === 'ENABLED', targets });
    return { RuleArn: this.#ruleArn(Name, EventBusName) };
  }

  /** One failed entry never fails the call: AWS reports it in the answer, and so callers must look. */
  #putEvent(input: unknown): object {
    const parsed = entry.safeParse(input);
    if (!parsed.success) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: z.prettifyError(parsed.error) };
    }
    const { EventBusName, Source, DetailType, Detail, Resources, Time } = parsed.data;
    const detail = parseDetail(Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const bus = this.#buses.get(EventBusName);
    // AWS drops such events silently; a wrong name is better seen.
    if (bus === undefined) return { ErrorCode: 'NotFound', ErrorMessage: `No event bus ${EventBusName}.` };
    const id = crypto.randomUUID();
    const time = new Date(Time === undefined ? Date.now() : Time * 1000).toISOString();
    const event = {
      version: '0',
      id,
      'detail-type': DetailType,
      source: Source,
      account: ACCOUNT,
      time: time.replace(/\.\d+Z$/, 'Z'),
      region: this.#region,
      resources: Resources,
      detail,
    };
    for (const rule of bus.values()) {
      if (!rule.enabled || !matchesPattern(rule.pattern, event)) continue;
      for (const arn of rule.targets.values()) this.#send(arn, JSON.stringify(event));
    }
    return { EventId: id };
  }

  #describe(rule: Rule, bus: string): object {
    return {
      Name: rule.name,
      Arn: this.#ruleArn(rule.name, bus),
      EventBusName: bus,
      EventPattern: rule.patternText,
      State: rule.enabled ? 'ENABLED' : 'DISABLED',
    };
  }

  #bus(name: string): Map<string, Rule> {
    const bus = this.#buses.get(name);
    if (bus === undefined) {
      throw new AwsJsonError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    }
    return bus;
  }

  #rule(name: string, bus: string): Rule {
    const rule = this.#bus(bus).get(name);
    if (rule === undefined) {
      throw new AwsJsonError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
    }
    return rule;
  }

  #busArn = (name: string) => `arn:aws:events:${this.#region}:${ACCOUNT}:event-bus/${name}`;

  #ruleArn = (name: string, bus: string) =>
    `arn:aws:events:${this.#region}:${ACCOUNT}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
}
