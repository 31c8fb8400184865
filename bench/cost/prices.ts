/**
 * Prices of requests in us-east-1, in US dollars for a million. Written down from memory and not looked up: check them
 * against AWS's price pages before you plan with them. The counts beside them are measured.
 *
 * DynamoDB on demand, standard tables; S3 Standard; SQS standard queues after the free million; custom events.
 */

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
