/** EventBridge event patterns: which events a rule takes. */
import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const prefix = z.strictObject({ prefix: z.string() });
const matcher = z.union([
  scalar,
  prefix,
  z.strictObject({ suffix: z.string() }),
  z.strictObject({ exists: z.boolean() }),
  z.strictObject({ 'equals-ignore-case': z.string() }),
  z.strictObject({ 'anything-but': z.union([scalar, z.array(scalar), prefix]) }),
]);
type Matcher = z.infer<typeof matcher>;

export interface EventPattern {
  [field: string]: Matcher[] | EventPattern;
}

/** Every leaf is a list of matchers of which one must hold. Others than those above (numeric, cidr) are refused. */
export const eventPattern: z.ZodType<EventPattern> = z.lazy(() =>
  z.record(z.string(), z.union([z.array(matcher).min(1), eventPattern])),
);

/** Whether every field of the pattern is met by the event. Fields that the pattern does not name do not matter. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isRecord(event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return matchesPattern(wanted, value);
    return wanted.some((one) => matchesField(one, value));
  });
}

/** An array in the event matches when any of its elements does. */
function matchesField(wanted: Matcher, value: unknown): boolean {
  if (isRecord(wanted) && 'exists' in wanted) return (value !== undefined) === wanted.exists;
  if (Array.isArray(value)) return value.some((element) => matchesValue(wanted, element));
  return value !== undefined && matchesValue(wanted, value);
}

function matchesValue(wanted: Matcher, value: unknown): boolean {
  if (wanted === null || typeof wanted !== 'object') return wanted === value;
  if ('anything-but' in wanted) {
    const refused = wanted['anything-but'];
    if (Array.isArray(refused)) return !refused.some((one) => one === value);
    return !matchesValue(refused, value);
  }
  if (typeof value !== 'string') return false;
  if ('prefix' in wanted) return value.startsWith(wanted.prefix);
  if ('suffix' in wanted) return value.endsWith(wanted.suffix);
  if ('equals-ignore-case' in wanted) {
    return value.toLowerCase() === wanted['equals-ignore-case'].toLowerCase();
  }
  return false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
