/** `GET /api/jobs/export`: the caller's history as a file. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { historySearchSchema } from '@wavefleet/contracts/history-search.ts';
import { type JobView, jobListSchema } from '@wavefleet/contracts/http.ts';
import type { HistoryJob } from '@wavefleet/contracts/job-history.ts';
import { type Router, router } from '../http/context.ts';
import { ClientGone } from '../http/errors.ts';
import { leastDownloadPace } from '../http/least-pace.ts';
import { errorAnswers, rawBytes } from '../http/route-parts.ts';
import { jobView } from '../jobs/job-view.ts';
import { Places } from '../limits/places.ts';
import { csvHead, csvLine } from './csv.ts';
import type { HistoryDeps } from './deps.ts';

/** Each reads a whole history, a page whenever the reader has taken the one before. */
const AT_ONCE_PER_OWNER = 2;
const AT_ONCE = 20;

const route = createRoute({
  method: 'get',
  path: '/api/jobs/export',
  summary: 'Download the list of your jobs',
  description:
    'Accepts the same search as `GET /api/jobs`, and lists all matching jobs, however many there are. `as=csv` is for spreadsheets: RFC 4180 in UTF-8 with a byte order mark; a name that would be a formula there is prefixed with an apostrophe. `as=json` has the views of `GET /api/jobs` as `{"jobs":[…]}`. An export that breaks off ends without the last bytes of its transfer, so that an incomplete list never looks complete.',
  request: { query: historySearchSchema.extend({ as: z.enum(['csv', 'json']).default('csv') }) },
  responses: {
    200: {
      description: 'The list, as a download.',
      content: { 'text/csv': rawBytes, 'application/json': { schema: jobListSchema.pick({ jobs: true }) } },
    },
    ...errorAnswers('VALIDATION_ERROR', 'UNSUPPORTED_OUTPUT_FORMAT', 'EXPORTS_LIMIT'),
  },
});

/** What stands before, between and after the jobs. */
const shapes = {
  csv: { type: 'text/csv; charset=utf-8', head: csvHead, of: csvLine, between: '', end: '' },
  json: {
    type: 'application/json',
    head: '{"jobs":[\n',
    of: (job: JobView) => JSON.stringify(job),
    between: ',\n',
    end: '\n]}\n',
  },
} as const;
type Shape = (typeof shapes)[keyof typeof shapes];

export const exportJobs = ({ history, config }: HistoryDeps): Router => {
  const places = new Places(AT_ONCE_PER_OWNER, AT_ONCE);
  return router().openapi(route, (c) => {
    const { as, ...search } = c.req.valid('query');
    const shape = shapes[as];
    const headers = {
      'Content-Type': shape.type,
      'Content-Disposition': `attachment; filename="wavefleet-jobs-${new Date().toISOString().slice(0, 10)}.${as}"`,
      'Cache-Control': 'no-store',
    };
    // Its body would be begun for nobody.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    const { outgoing } = c.env;
    // Who has gone meanwhile closes no second time: the place would never come back.
    if (outgoing.destroyed) throw new ClientGone();
    const giveBack = places.take(c.var.owner.id);
    if (giveBack === undefined) throw new Failure('EXPORTS_LIMIT');
    // By whatever way it ends.
    outgoing.once('close', giveBack);
    if (config.MIN_DOWNLOAD_BYTES_PER_SECOND > 0)
      leastDownloadPace(outgoing, config.MIN_DOWNLOAD_BYTES_PER_SECOND);
    const pieces = textOf(history.all(c.var.owner.id, search), shape);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          c.var.log.say('export.broke', { err: error });
          // What has come must not look like all of it: the connection breaks off.
          outgoing.destroy();
          controller.close();
        }
      },
      cancel: async () => void (await pieces.return()),
    });
    return c.body(body, 200, headers);
  });
};

/** Never an empty piece, at which a reader would wait for nothing. */
async function* textOf(
  pages: AsyncIterable<readonly HistoryJob[]>,
  { head, of, between, end }: Shape,
): AsyncGenerator<string, void, void> {
  yield head;
  let lead = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield lead + page.map((job) => of(jobView(job))).join(between);
    lead = between;
  }
  if (end !== '') yield end;
}
