/** Two joined children: however one of them ends, the other is gone, and the right one is to blame. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedLog } from '@wavefleet/platform/log/recorded-log.testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PairEnd, runPair } from './pair.ts';
import { makeSandbox } from './sandbox.ts';

const { log } = recordedLog();
const sandbox = makeSandbox({ log, path: process.env.PATH ?? '', uid: process.getuid?.() });
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'wavefleet-pair-'));
  await sandbox.prepareFolder(cwd);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const limits = { memoryBytes: 2e9, fileBytes: 1e6, cpuSeconds: 20 };
/** Two shell scripts, joined. What the second one says on stdout is lost, so scripts speak on stderr. */
function pair(first: string, second: string, more: { mayEndEarly?: boolean; signal?: AbortSignal } = {}) {
  const command = (script: string) => ({ binary: 'sh', args: ['-c', script], limits, totalSeconds: 20 });
  const { mayEndEarly = false, signal = new AbortController().signal } = more;
  const place = { cwd, sandbox, signal, log };
  return runPair(place, { first: command(first), second: command(second), mayEndEarly });
}
const blamed = ({ failed, first, second }: PairEnd): string =>
  failed === undefined ? 'nobody' : failed === first ? 'first' : failed === second ? 'second' : 'another';
const endless = 'while :; do echo x; done';

test('every byte of the first reaches the second, and nobody is to blame', async () => {
  const end = await pair('head -c 3000000 /dev/zero', 'wc -c >&2');
  expect({ blamed: blamed(end), said: end.second.stderr.trim() }).toEqual({
    blamed: 'nobody',
    said: '3000000',
  });
});

test.each<[string, string, string, boolean, string]>([
  [
    'the first fails: the second ends at once, whatever it waits for',
    'exit 3',
    'exec sleep 19',
    false,
    'first',
  ],
  [
    'the first dies by a signal, and the second takes that for the end',
    'echo x; kill -SEGV $$',
    'cat >/dev/null',
    false,
    'first',
  ],
  ['the second fails: the first ends at once', endless, 'exit 4', false, 'second'],
  ['the second fails while the first is silent', 'exec sleep 19', 'exit 4', false, 'second'],
  ['both fail: the first counts', 'sleep 0.2; exit 3', 'cat >/dev/null; exit 4', false, 'first'],
  ['the second has enough, as it was told', endless, 'head -c 10 >&2', true, 'nobody'],
  [
    'the second has enough while the first is silent',
    'echo 1234567890; exec sleep 19',
    'head -c 10 >&2',
    true,
    'nobody',
  ],
  [
    'the first died before the second had enough',
    'echo x; kill -SEGV $$',
    'head -c 10 >/dev/null',
    true,
    'first',
  ],
  ['the second ends well, though not all was read', endless, 'head -c 10 >&2', false, 'first'],
])('%s', async (_name, first, second, mayEndEarly, who) => {
  const startedAtMs = performance.now();
  const end = await pair(first, second, { mayEndEarly });
  expect(blamed(end)).toBe(who);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
});

test('an abort ends both and rethrows its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('lease lost');
  const ending = pair(endless, 'cat >/dev/null', { signal: controller.signal });
  controller.abort(reason);
  await expect(ending).rejects.toBe(reason);
  await expect(pair('true', 'true', { signal: controller.signal })).rejects.toBe(reason);
});
