/** `GET /api/jobs/{jobId}/events`: progress as server-sent events, from a snapshot to the terminal state. */
import { createRoute, z } from '@hono/zod-openapi';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { isTerminal } from '@wavefleet/contracts/states.ts';
import { streamSSE } from 'hono/streaming';
import { type Router, router } from '../http/context.ts';
import { errorAnswers, jobIdParams, neverCached } from '../http/route-parts.ts';
import type { ProgressDeps } from './deps.ts';
import { ENDED_RANK, formatPosition, parsePosition } from './event-position.ts';
import { type EventSink, streamEvents } from './event-stream.ts';
import type { JobLook } from './job-look.ts';
import type { ProgressViews } from './progress-view.ts';

const route = createRoute({
  method: 'get',
  path: '/api/jobs/{jobId}/events',
  summary: 'Progress as server-sent events',
  description:
    'Events are named `progress`; their data is what `/api/progress` answers. The first is a snapshot, the last one terminal. `Last-Event-ID` resumes without repeating; after the terminal event a reconnect gets 204, which ends an EventSource.',
  request: {
    params: jobIdParams,
    headers: z.object({ 'last-event-id': z.string().optional() }),
  },
  responses: {
    200: {
      description: 'The stream.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    204: { description: 'The terminal event has already been delivered.' },
    ...errorAnswers('INVALID_ID', 'JOB_NOT_FOUND', 'STREAMS_LIMIT'),
  },
});

export const jobEvents = (deps: ProgressDeps, look: JobLook, views: ProgressViews): Router =>
  router().openapi(route, async (c) => {
    const { jobId } = c.req.valid('param');
    const at = { jobId, ownerId: c.var.owner.id };
    // Before anything is asked: who has too many costs nobody anything.
    const giveBack = deps.streams.take(at.ownerId);
    if (giveBack === undefined) throw new Failure('STREAMS_LIMIT');
    const from = parsePosition(c.req.valid('header')['last-event-id']);
    const { job: first } = await look.at(jobId, at.ownerId).catch((error: unknown) => {
      giveBack();
      throw error;
    });
    if (from.rank === ENDED_RANK && isTerminal(first.status)) {
      giveBack();
      return c.body(null, 204);
    }
    const response = streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const sink: EventSink = {
        send: (view, position) =>
          stream.writeSSE({
            event: 'progress',
            id: formatPosition(position),
            data: JSON.stringify(view),
          }),
        heartbeat: async () => {
          await stream.write(': still here\n\n');
        },
      };
      const signal = AbortSignal.any([gone.signal, deps.closing]);
      const world = { ...deps, look, views };
      await streamEvents(world, { ...at, first, from }, sink, signal)
        .catch((error: unknown) => {
          c.var.log.say('events.broke', { jobId, err: error });
        })
        .finally(giveBack);
    });
    for (const [name, value] of Object.entries(neverCached)) response.headers.set(name, value);
    // nginx would collect events until its buffer is full.
    response.headers.set('X-Accel-Buffering', 'no');
    return response;
  });
