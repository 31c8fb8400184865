/** Holds the text of a log to the table: for tests that let real processes write one. */
import { z } from 'zod';
import { id } from './row.ts';
import { type LineName, lines } from './table.ts';

/** A line that is as the table says. */
export interface CheckedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly time: string;
  readonly service: string;
  readonly event: LineName;
  readonly jobId?: string | undefined;
  readonly [field: string]: unknown;
}

/** Ids that any line may carry; see `Bound`. */
const bound = z
  .object({
    jobId: id,
    attempt: z.int().positive(),
    requestId: id,
    traceId: z.string().regex(/^[0-9a-f]{32}$/),
  })
  .partial();

const byName = new Map(
  Object.entries(lines).map(([name, { level, message, fields }]) => [
    name,
    z.strictObject({
      level: z.literal(level),
      time: z.iso.datetime(),
      service: z.string(),
      instance: z.string().optional(),
      event: z.literal(name),
      msg: z.literal(message),
      ...bound.shape,
      ...fields,
    }),
  ]),
);

const named = z.looseObject({ event: z.string() });

/**
 * Checks one line as it was written.
 * @returns the line, or sentences that say what is wrong with it.
 */
export function checkLine(text: string): CheckedLine | string[] {
  const twice = repeatedKeys(text);
  if (twice === undefined) return [`not one JSON object: ${text}`];
  const problems = twice.map((key) => `the key "${key}" stands twice in: ${text}`);
  const line: unknown = JSON.parse(text);
  const name = named.safeParse(line).data?.event ?? '';
  const schema = byName.get(name);
  if (schema === undefined) return [...problems, `no row of the table is called "${name}": ${text}`];
  const checked = schema.safeParse(line);
  if (!checked.success) {
    const issues = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return [...problems, `${name}: ${issues.join('; ')}: ${text}`];
  }
  return problems.length > 0 ? problems : (checked.data as unknown as CheckedLine);
}

/** Keys that an object in the text holds more than once, at any depth: `JSON.parse` keeps the last and says nothing. */
export function repeatedKeys(text: string): string[] | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const repeated: string[] = [];
  const open: Set<string>[] = [];
  // In valid JSON a text followed by a colon is a key, and all else that matters here is where objects begin and end.
  for (const [token, key] of text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (key !== undefined) {
      const keys = open.at(-1);
      if (keys?.has(key)) repeated.push(key);
      keys?.add(key);
    }
  }
  return repeated;
}
