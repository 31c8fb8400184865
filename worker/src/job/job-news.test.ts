/** When the start of a job is told: by itself, or with its end. */
import type { Job } from '@wavefleet/contracts/job.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { expect, test, vi } from 'vitest';
import { JobNews } from './job-news.ts';

const started = { eventId: 'a:1:started', kind: 'started', time: '2026-01-01T00:00:00.000Z', attempt: 1 };
const job = { jobId: 'a', attempt: 1, status: 'processing', pendingEvents: [started] } as unknown as Job;

/** News with what goes out by themselves, and what is left for the announcer of the end. */
function stand() {
  const alone: string[] = [];
  const atEnd: string[][] = [];
  const platform = {
    events: {
      put: async (events: { eventId: string }[], { onTaken }: { onTaken: (eventId: string) => void }) => {
        for (const { eventId } of events) {
          alone.push(eventId);
          onTaken(eventId);
        }
      },
    },
    progress: { ended: async () => undefined },
    announcer: {
      announce: (ended: Job, sent: ReadonlySet<string>) => {
        atEnd.push(ended.pendingEvents.map(({ eventId }) => eventId).filter((id) => !sent.has(id)));
      },
    },
  } as unknown as Platform;
  return { news: new JobNews(platform, makeLog('test', 'silent')), alone, atEnd };
}

const completed = {
  ...job,
  status: 'completed',
  pendingEvents: [started, { ...started, eventId: 'a:completed', kind: 'completed' }],
} as unknown as Job;

test('of a job that is over in no time, start and end are told in one call', async () => {
  const { news, alone, atEnd } = stand();
  news.begin(job);
  await news.end(completed);
  expect({ alone, atEnd }).toEqual({ alone: [], atEnd: [['a:1:started', 'a:completed']] });
});

test('the start of any other is told while it runs, and once', async () => {
  const { news, alone, atEnd } = stand();
  news.begin(job);
  await vi.waitFor(() => expect(alone).toEqual(['a:1:started']));
  await news.end(completed);
  expect({ alone, atEnd }).toEqual({ alone: ['a:1:started'], atEnd: [['a:completed']] });
});
