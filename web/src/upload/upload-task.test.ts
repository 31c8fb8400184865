/** One upload over pauses, dead lines and refusals. */
import { Problem } from '@wavefleet/client/problem.ts';
import { expect, test } from 'vitest';
import { BadServer } from './bad-server.testing.ts';
import { Slots } from './slots.ts';
import type { UploadState } from './upload-state.ts';
import { UploadTask } from './upload-task.ts';

const text = 'The quick brown fox jumps over the lazy dog.';
const blob = new Blob([text]);
const file = {
  name: 'fox.wav',
  size: blob.size,
  lastModified: 1,
  slice: (start: number, end: number) => blob.slice(start, end),
};

function stand(server: BadServer, fileId?: string) {
  const naps: number[] = [];
  const nap = { hold: undefined as Promise<void> | undefined };
  const task = new UploadTask(
    file,
    {
      transport: server,
      slots: new Slots(3),
      sleep: async (ms) => {
        naps.push(ms);
        await nap.hold;
      },
      now: () => performance.now(),
      random: () => 1,
    },
    fileId,
  );
  const seen: UploadState[] = [];
  task.state.subscribe(() => seen.push(task.state.value));
  const reached = (phase: UploadState['phase']) =>
    new Promise<UploadState>((resolve) => {
      const look = () => {
        if (task.state.value.phase === phase) resolve(task.state.value);
      };
      task.state.subscribe(look);
      look();
    });
  return { task, seen, naps, reached };
}

test('sends every part, three at once at most, and puts them together', async () => {
  const server = new BadServer(5);
  const { task, reached } = stand(server);
  task.start();
  const end = await reached('done');
  expect(server.content()).toBe(text);
  expect(server.most).toBe(3);
  expect(server.log).toEqual(['open fox.wav', 'complete']);
  expect(end.sentBytes).toBe(text.length);
  expect(end.fileId).toBe('file-1');
});

test('a small file is sent whole, again and again while the line drops', async () => {
  const server = new BadServer(5);
  server.wholeBytes = text.length;
  server.dropsAhead = 2;
  const { task, reached, naps } = stand(server);
  task.start();
  const { fileId, sentBytes } = await reached('done');
  expect([fileId, sentBytes]).toEqual(['file-1', text.length]);
  expect(server.content()).toBe(text);
  expect(server.log).toEqual(['whole fox.wav', 'whole fox.wav', 'whole fox.wav']);
  expect(naps).toHaveLength(2);
});

test('a file that is cancelled while it is sent whole leaves nothing behind', async () => {
  const server = new BadServer(5);
  server.wholeBytes = text.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.gate = promise;
  const { task, seen } = stand(server);
  task.start();
  await new Promise<void>((moved) => task.state.subscribe(() => task.state.value.sentBytes > 0 && moved()));
  await task.cancel();
  resolve();
  await promise;
  expect(seen.at(-1)?.phase).toBe('sending');
  expect([server.known, server.content()]).toEqual([undefined, '']);
});

test('where the server takes less in one request, a small file goes in parts', async () => {
  const server = new BadServer(5);
  server.wholeBytes = text.length;
  const tooLarge = new Problem('REQUEST_TOO_LARGE', 'Too large.', { status: 413 });
  server.sendWhole = () => Promise.reject(tooLarge);
  const { task, reached } = stand(server);
  task.start();
  await reached('done');
  expect(server.content()).toBe(text);
  expect(server.log).toEqual(['open fox.wav', 'complete']);
});

test('goes on after dropped lines without sending again what has arrived, and never shows less', async () => {
  const server = new BadServer(5);
  server.dropsAhead = 4;
  const { task, reached, naps, seen } = stand(server);
  task.start();
  await reached('done');
  expect(server.content()).toBe(text);
  expect(naps.length).toBeGreaterThan(0);
  expect(naps[0]).toBe(1_000);
  expect(server.log.filter((line) => line.startsWith('open'))).toHaveLength(1);
  expect(server.log).toContain('look file-1');
  const sent = seen.map((state) => state.sentBytes);
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  expect(seen.find((state) => state.phase === 'waiting')?.problem?.code).toBe('NETWORK');
  expect(task.state.value.problem).toBeUndefined();
});

test('a pause keeps what has arrived; resuming sends the rest', async () => {
  const server = new BadServer(5);
  const gate = Promise.withResolvers<void>();
  const { task, reached } = stand(server);
  task.start();
  await reached('sending');
  server.gate = gate.promise;
  task.pause();
  expect(task.state.value.phase).toBe('paused');
  gate.resolve();
  server.gate = undefined;
  const before = server.parts.size;
  expect(before).toBeLessThan(9);
  task.start();
  await reached('done');
  expect(server.content()).toBe(text);
  expect(server.log.filter((line) => line.startsWith('open'))).toHaveLength(1);
});

test('after a reload it asks what is there, and begins anew when the server has forgotten', async () => {
  const server = new BadServer(5);
  await server.open(file);
  server.parts.set(1, text.slice(0, 5));
  const known = stand(server, 'file-1');
  known.task.start();
  await known.reached('done');
  expect(server.log).toEqual(['open fox.wav', 'look file-1', 'complete']);
  expect(server.content()).toBe(text);

  const empty = new BadServer(5);
  const forgotten = stand(empty, 'file-9');
  forgotten.task.start();
  expect((await forgotten.reached('done')).fileId).toBe('file-1');
  expect(empty.log[0]).toBe('look file-9');
});

test('what cannot help is not tried again; what might is given up after twelve failures', async () => {
  const refusing = new BadServer(5);
  refusing.refusal = new Problem('UPLOAD_TOO_LARGE', 'Too large.', { status: 413 });
  const refused = stand(refusing);
  refused.task.start();
  expect((await refused.reached('failed')).problem).toEqual({
    code: 'UPLOAD_TOO_LARGE',
    message: 'Too large.',
  });
  expect(refused.naps).toEqual([]);

  const dead = new BadServer(100);
  dead.dropsAhead = Number.POSITIVE_INFINITY;
  const { task, reached, naps } = stand(dead);
  task.start();
  await reached('failed');
  expect(naps).toHaveLength(12);
  expect(naps.at(-1)).toBe(15_000);
  dead.dropsAhead = 0;
  task.start();
  await reached('done');
  expect(dead.content()).toBe(text);
});

test('cancel stops and has the server throw the parts away', async () => {
  const server = new BadServer(5);
  const { task, reached } = stand(server);
  server.gate = new Promise(() => {});
  task.start();
  await reached('sending');
  await task.cancel();
  expect(server.log).toContain('discard file-1');
  expect(server.log).not.toContain('complete');
});
