/** A source on FFmpeg's stdin: paced by the reader, and by whoever has it. */
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { SourceFeed } from './source-feed.ts';

async function* counted(chunks: number, taken: { count: number }): AsyncGenerator<Buffer> {
  for (let index = 0; index < chunks; index += 1) {
    taken.count += 1;
    yield Buffer.alloc(64 * 1024, index);
  }
}

test('every byte in order, and then the end; no listener stays', async () => {
  const feed = new SourceFeed(counted(100, { count: 0 }));
  const stdin = new PassThrough();
  const before = stdin.listenerCount('close');
  const [read] = await Promise.all([buffer(stdin), feed.into(stdin)]);
  expect(read).toEqual(Buffer.concat(Array.from({ length: 100 }, (_, at) => Buffer.alloc(64 * 1024, at))));
  expect(feed.fedBytes).toBe(read.length);
  expect(stdin.listenerCount('close')).toBeLessThanOrEqual(before + 1);
  expect(stdin.listenerCount('drain')).toBe(0);
});

test('no more is taken than is read', async () => {
  const taken = { count: 0 };
  const feed = new SourceFeed(counted(1_000, taken));
  const written = Promise.withResolvers<() => void>();
  const stdin = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => written.resolve(done),
  });
  const feeding = feed.into(stdin);
  await written.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(taken.count).toBe(1);
  stdin.destroy();
  await feeding;
  expect(taken.count).toBe(1);
  // What nobody was given is gone through all the same.
  await feed.rest();
  expect(taken.count).toBe(1_000);
});

test('who stops reading while nothing comes ends the feed, and what comes then is not lost', async () => {
  const coming = Promise.withResolvers<Buffer>();
  const seen: number[] = [];
  async function* late(): AsyncGenerator<Buffer> {
    const chunk = await coming.promise;
    seen.push(chunk.length);
    yield chunk;
  }
  const feed = new SourceFeed(late());
  const stdin = new PassThrough();
  const feeding = feed.into(stdin);
  expect(feed.lastWaitMs).toBeGreaterThan(performance.now() - 1_000);
  stdin.destroy();
  await feeding;
  coming.resolve(Buffer.alloc(7));
  await feed.rest();
  expect(seen).toEqual([7]);
  expect(feed.fedBytes).toBe(0);
});

test('what keeps it from having the source is thrown', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(1);
    throw new Error('gone');
  }
  await expect(new SourceFeed(broken()).into(new PassThrough())).rejects.toThrow('gone');
});
