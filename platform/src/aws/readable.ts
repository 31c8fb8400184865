/** Lists of stored records: one that this version cannot read hides no other. */
import type { z } from 'zod';

/** Those that are as the schema says; others are left out: a later version wrote them, or somebody's hand. */
export function readable<Schema extends z.ZodType>(
  items: readonly unknown[],
  schema: Schema,
): z.infer<Schema>[] {
  return items.flatMap((item) => {
    const { success, data } = schema.safeParse(item);
    return success ? [data] : [];
  });
}
