/** Following a job over streams that end and servers that are silent. */
import { noAnswer, Problem } from '@wavefleet/client/problem.ts';
import { view } from '@wavefleet/client/samples.testing.ts';
import type { ProgressView } from '@wavefleet/contracts/progress.ts';
import { expect, test } from 'vitest';
import { Follower, type FollowState } from './follower.ts';

type Answer = ProgressView | Error;

/** A job whose stream and polls the test plays. Naps end by themselves, but for the watch on silence. */
function stand(options: { polls?: Answer[]; stream?: boolean } = {}) {
  const polls = [...(options.polls ?? [])];
  const naps: number[] = [];
  const streams: { send: (view: ProgressView) => void; break: () => void; closed: boolean }[] = [];
  const silence = { end: () => {} };
  const follower = new Follower('job-1', {
    openStream: (_jobId, onView, onBroken) => {
      if (options.stream === false) return undefined;
      const stream = { send: onView, break: onBroken, closed: false };
      streams.push(stream);
      return () => {
        stream.closed = true;
      };
    },
    poll: async () => {
      const answer = polls.length > 1 ? polls.shift() : polls[0];
      if (answer === undefined) throw noAnswer();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    sleep: (ms, signal) => {
      if (ms !== 8_000) {
        naps.push(ms);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        silence.end = resolve;
        signal?.addEventListener('abort', () => reject(signal?.reason));
      });
    },
  });
  const seen: FollowState[] = [];
  follower.state.subscribe(() => seen.push(follower.state.value.state));
  const reached = (state: FollowState) =>
    new Promise<void>((resolve) => {
      const look = () => follower.state.value.state === state && resolve();
      follower.state.subscribe(look);
      look();
    });
  return { follower, streams, naps, seen, reached, silence };
}

const done = view({ status: 'completed', progress: 100, step: 'done', phase: 3 });

test('follows the stream to the end and closes it', async () => {
  const { follower, streams, reached } = stand();
  follower.start();
  streams[0]?.send(view({ progress: 10 }));
  expect(follower.state.value).toMatchObject({ state: 'live', view: { progress: 10 } });
  streams[0]?.send(done);
  await reached('ended');
  await Promise.resolve();
  expect(streams[0]?.closed).toBe(true);
  expect(follower.state.value.view?.progress).toBe(100);
});

test('a broken stream becomes polling, twice a second, and the percent does not fall', async () => {
  const { follower, streams, reached, naps, seen } = stand({
    polls: [view({ progress: 5 }), view({ progress: 40 }), done],
  });
  follower.start();
  streams[0]?.send(view({ progress: 30 }));
  streams[0]?.break();
  await reached('ended');
  expect(seen).toContain('polling');
  expect(naps).toEqual([500, 500]);
});

test('without a place for a stream it polls, slower while the job waits', async () => {
  const { follower, reached, naps } = stand({
    stream: false,
    polls: [view({ status: 'created', progress: 0 }), done],
  });
  follower.start();
  await reached('ended');
  expect(naps).toEqual([1_500]);
});

test('failing polls back off to 5 s; after ten it says so, and goes on when asked', async () => {
  const failures = Array.from({ length: 10 }, noAnswer);
  const { follower, reached, naps } = stand({ stream: false, polls: [...failures, done] });
  follower.start();
  await reached('lost');
  expect(naps).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000]);
  expect(follower.state.value.message).toContain('cannot reach the server');
  follower.retry();
  await reached('ended');
});

test('who has given up goes on by itself once the server answers others', async () => {
  const failures = Array.from({ length: 10 }, noAnswer);
  const { follower, reached } = stand({ stream: false, polls: [...failures, done] });
  follower.serverAnswers(); // nothing is lost yet
  follower.start();
  await reached('lost');
  follower.serverAnswers();
  await reached('ended');
});

test('a job that is gone is not asked for again', async () => {
  const { follower, reached, naps } = stand({
    stream: false,
    polls: [new Problem('JOB_NOT_FOUND', 'There is no such job.')],
  });
  follower.start();
  await reached('lost');
  follower.serverAnswers();
  expect(naps).toEqual([]);
  expect(follower.state.value).toMatchObject({ state: 'lost', message: 'There is no such job.' });
});

test('a stream that has gone deaf is found out by one poll', async () => {
  const { follower, streams, reached, silence } = stand({ polls: [view({ progress: 50 }), done] });
  follower.start();
  streams[0]?.send(view({ progress: 10 }));
  const first = silence.end;
  first(); // it heard something in this span
  while (silence.end === first) await Promise.resolve();
  silence.end();
  await reached('ended');
  expect(streams[0]?.closed).toBe(true);
});
