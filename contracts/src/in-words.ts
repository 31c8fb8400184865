/** The sentences of errors name limits and fields by where they stand in the answer. People read what stands there. */
import { z } from 'zod';

const number = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const megabytes = (bytes: number) => `${number.format(bytes / 1e6)} MB`;
const minutes = (seconds: number) => `${number.format(seconds / 60)} minutes`;

const text = z.string().transform((words) => words.replace(/\.$/, ''));
const amount = z.number();
const fields = z
  .array(z.object({ field: z.string(), message: z.string() }))
  .transform((all) => all.map(({ field, message }) => `${field}: ${message}`).join('; '));

const list = z.array(z.string()).transform((names) => names.join(', '));

/** What is told of a detail, by its name, in the order in which it is told. */
const tellers: Readonly<Record<string, z.ZodType<string>>> = {
  fields,
  field: text,
  reason: text,
  guidance: text,
  scope: text,
  names: list,
  accepts: list,
  partCount: amount.transform((count) => `the last one is ${count}`),
  expectedBytes: amount.transform((bytes) => `it is to have ${bytes} bytes`),
  tracks: z.array(z.unknown()).transform(({ length }) => `tracks in the file: ${length}`),
  sizeBytes: amount.transform((bytes) => `it is ${megabytes(bytes)}`),
  durationSeconds: amount.transform((seconds) => `it lasts ${minutes(seconds)}`),
  limitBytes: amount.transform((bytes) => `at most ${megabytes(bytes)}`),
  limitSeconds: amount.transform((seconds) => `at most ${minutes(seconds)}`),
};

/**
 * The message with what it refers to in its place: `… than this server accepts (at most 240 minutes).`
 * @param detail of the same error.
 */
export function inWords(message: string, detail: Readonly<Record<string, unknown>> = {}): string {
  const end = message.search(/\.\s*See detail\b/);
  if (end < 0) return message;
  const told = Object.entries(tellers).flatMap(([name, teller]) => teller.safeParse(detail[name]).data ?? []);
  return `${message.slice(0, end)}${told.length === 0 ? '' : ` (${told.join('; ')})`}.`;
}
