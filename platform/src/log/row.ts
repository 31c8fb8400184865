/** What a row of the table of log lines is made of, and the kinds of fields that rows share. */
import { z } from 'zod';
import { type ErrorText, errorTextSchema } from './error-text.ts';

/** How much a line matters. The default of LOG_LEVEL is `info`. */
export type Level = 'debug' | 'info' | 'warn' | 'error';

/** What CloudWatch can count or measure by a line; `terraform/log-metrics.json` holds all of them. */
interface Metric {
  /** As CloudWatch shows it, e.g. `JobsFailed`. */
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds';
  /** The field that holds the value. Default: each line counts 1. */
  readonly field?: string;
}

/** Keys that every line has from the logger itself: a field of that name would stand in the line twice. */
type Taken = 'level' | 'time' | 'service' | 'instance' | 'event' | 'msg';

/** One kind of line: everything about it but its values. */
export interface Row {
  readonly level: Level;
  /** The criterion that asks for it (`docs/acceptance.md`). */
  readonly criterion: `R${number}.${number}`;
  /** For people; programs go by the name. */
  readonly message: string;
  /** Read by nobody at run time: the types are taken from them, and the tests hold real lines to them. */
  readonly fields: z.core.$ZodLooseShape & { readonly [Key in Taken]?: never };
  readonly metric?: Metric;
  /** Written whatever LOG_LEVEL says, `silent` apart: a program acts on it. */
  readonly always?: true;
}
export type Rows = Readonly<Record<string, Row>>;

/** A job's id, an upload's id. */
export const id = z.uuid();
export const ms = z.number().nonnegative();
export const bytes = z.int().nonnegative();
export const count = z.int().nonnegative();
/** An error as `error-text.ts` writes it. `say` takes what was thrown. */
export const err: z.ZodType<ErrorText, unknown> = errorTextSchema;
/** What lies in S3. Keys are made of ids, except those of drops, which whoever dropped the file has chosen. */
export const inS3 = { bucket: z.string(), key: z.string() };
