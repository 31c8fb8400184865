/** `/api/openapi.json` as the fuzzer reads it: operations with what they take and what they may answer. */
import { z } from 'zod';

/** A part of JSON Schema: what the document is written in. */
export type JsonSchema = Readonly<Record<string, unknown>>;
const jsonSchema = z
  .union([z.record(z.string(), z.unknown()), z.boolean()])
  .transform((schema): JsonSchema => (typeof schema === 'boolean' ? {} : schema));

const contentSchema = z.record(z.string(), z.object({ schema: jsonSchema.default({}) }));
const operationSchema = z.object({
  operationId: z.string().optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().default(false),
        schema: jsonSchema,
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: contentSchema.default({}) })),
});
const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(z.enum(['get', 'post', 'put', 'patch', 'delete']), operationSchema.optional()),
  ),
});

/** One operation of the document. */
export interface Operation extends z.infer<typeof operationSchema> {
  readonly method: string;
  readonly path: string;
}

/** All of them, in their order. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries(documentSchema.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation === undefined ? [] : [{ ...operation, method: method.toUpperCase(), path }],
    ),
  );
}
