/**
 * List prices of requests in us-east-1, in US dollars for a million, as published in 2026 (aws.amazon.com/…/pricing):
 * DynamoDB on demand, standard tables; S3 Standard; SQS standard queues after the free million; custom events.
 */
export const PRICES_AS_OF = '2026-06';

/** What is counted, and what a million of it costs. */
const perMillion = {
  writeUnits: 0.625,
  readUnits: 0.125,
  /** PUT, POST, LIST. */
  s3Writes: 5,
  /** GET, HEAD. Deleting is free. */
  s3Reads: 0.4,
  sqsCalls: 0.4,
  events: 1,
} as const;

/** How much of each. */
export type Tally = Record<keyof typeof perMillion, number>;

/** In dollars. */
export function priceOf(tally: Tally): number {
  return Object.entries(perMillion).reduce(
    (sum, [what, price]) => sum + (tally[what as keyof Tally] * price) / 1e6,
    0,
  );
}
