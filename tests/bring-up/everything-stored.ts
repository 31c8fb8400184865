/** All that a fleet has stored, read past every index: whoever says that something is gone is measured by it. */
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** By where it is: an item as JSON, an object or a multipart upload as its key. */
export async function everythingStored({ aws, config, objects, parts, redis }: Platform): Promise<string[]> {
  const tables = [
    ...[config.JOBS_TABLE, config.PROGRESS_TABLE, config.UPLOADS_TABLE],
    ...[config.ACCOUNTS_TABLE, config.WEBHOOKS_TABLE],
  ];
  const found: string[] = [];
  for (const table of tables)
    for await (const item of itemsOf(aws, table)) found.push(`${table} ${asJson(item)}`);
  for await (const page of objects.pages('')) found.push(...page.map(({ key }) => `object ${key}`));
  for await (const page of parts.begun('')) found.push(...page.map(({ key }) => `multipart ${key}`));
  // Counts of requests end with their minute.
  const held = (await redis?.cache.keys('held:*')) ?? [];
  return [...found, ...held.map((key) => `redis ${key}`)];
}

/** All that is in a table, as it is now. */
export async function* itemsOf(
  { dynamo }: Pick<Platform['aws'], 'dynamo'>,
  TableName: string,
): AsyncGenerator<Record<string, unknown>> {
  const all = { TableName, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client: dynamo }, all)) yield* Items;
}

/** The same for the same item: a table gives attributes, and members of sets, in any order. */
function asJson(item: Record<string, unknown>): string {
  return JSON.stringify(item, (_, value: unknown) => {
    if (value instanceof Set) return [...value].sort();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
