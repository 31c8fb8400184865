/** A fifth of every flood against a fifth of the limits. The whole: `npm run floods`. */
import { expect, test } from 'vitest';
import { shortfallsOf } from './bounds.ts';
import { runFloods } from './run.ts';

/** Other tests run beside this one: what is measured in time says nothing here. */
const bounds = {
  livenessP99Ms: Number.POSITIVE_INFINITY,
  rssBytes: 200e6,
  slower: Number.POSITIVE_INFINITY,
};

/** Between floods all jobs are done first, and that is as fast as the machine has cores to spare. */
const DONE_WITHIN_MS = 400_000;

test(
  'a flood of one caller is let in up to the limits; what is let in is kept, and no breaker opens',
  async () => {
    const env = {
      // Eighty in a window of ten seconds: the sixty jobs of one flood need not wait for the next one.
      SUBMISSIONS_PER_MINUTE: '480',
      MAX_OPEN_UPLOADS: '20',
      MAX_STREAMS_PER_OWNER: '20',
      UPLOAD_BUFFER_BYTES: String(16 * 1024 ** 2),
    };
    const rows = await runFloods({ share: 0.2 }, env, () => undefined);
    expect(
      rows.flatMap((row) => shortfallsOf(row, bounds).map((shortfall) => `${row.name}: ${shortfall}`)),
    ).toEqual([]);
    expect(rows.map(({ asked, letIn, refused }) => [asked, letIn, refused])).toEqual([
      [100, 20, { STREAMS_LIMIT: 80 }],
      [10, 2, { OVERLOADED: 8 }],
      [60, 60, {}],
      [100, 20, { OPEN_UPLOADS_LIMIT: 80 }],
      [200, expect.any(Number), { RATE_LIMITED: expect.any(Number) }],
    ]);
    // The POSTs may meet two windows.
    expect(rows.at(-1)?.letIn).toBeLessThanOrEqual(160);
  },
  DONE_WITHIN_MS,
);
