/** What EventBridge's calls bring along, checked. */
import { z } from 'zod';
import { type EventPattern, eventPattern } from './event-pattern.ts';
import { AwsJsonError } from './json-protocol.ts';

/** A bus may be named by its ARN; no name means the default bus. */
export const busName = z
  .string()
  .default('default')
  .transform((name) => name.slice(name.indexOf('event-bus/') === -1 ? 0 : name.indexOf('event-bus/') + 10));
export const named = z.object({ Name: z.string().min(1) });
export const ruleOf = z.object({ Name: z.string().min(1), EventBusName: busName });
export const targetsOf = z.object({ Rule: z.string(), EventBusName: busName });
export const putRule = ruleOf.extend({
  EventPattern: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
});
export const putTargets = targetsOf.extend({
  Targets: z.array(z.object({ Id: z.string(), Arn: z.string() })).min(1),
});
export const entry = z.object({
  EventBusName: busName,
  Source: z.string().min(1),
  DetailType: z.string().min(1),
  Detail: z.string(),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});
export const putEvents = z.object({ Entries: z.array(z.unknown()).min(1).max(10) });

/** All entries of one call together stay below this (AWS: "Calculating PutEvents event entry size"). */
const LARGEST_CALL_BYTES = 256 * 1024;
const measured = z.object({
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Resources: z.array(z.string()).default([]),
});

/** @throws AwsJsonError as AWS: one entry too many refuses the whole call. */
export function requireSmall(entries: readonly unknown[]): void {
  const bytes = entries
    .flatMap((one) => Object.values(measured.safeParse(one).data ?? {}).flat())
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes < LARGEST_CALL_BYTES) return;
  throw new AwsJsonError(
    'ValidationException',
    'Total size of the entries in the request is over the limit.',
  );
}

export function parsePattern(text: string): EventPattern {
  try {
    return eventPattern.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new AwsJsonError('InvalidEventPatternException', `Event pattern is not valid: ${reason}`);
  }
}

/** Detail must be a JSON object; undefined when it is not. */
export function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}
