/** A fleet for months: what comes up again is kept, and is all there is to stop. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockData } from '@wavefleet/localstack/embedded/data-lock.ts';
import type { Fleet } from '@wavefleet/localstack/fleet.ts';
import { StandingFleet } from '@wavefleet/localstack/standing-fleet.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { expect, onTestFinished, test } from 'vitest';

test('one that is up again, and cannot be told of, is neither left behind nor in the way of the next one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'wavefleet-standing-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const ups: Fleet[] = [];
  const said: string[] = [];
  const standing = new StandingFleet(
    { dataDir, port: 0, workers: 0, env: {} },
    {
      async up(fleet) {
        ups.push(fleet);
        // As where a full disk takes no settings.
        if (ups.length === 2) throw new Error('no space left');
      },
      say: (line) => said.push(line),
    },
  );
  onTestFinished(() => standing.stop());
  await standing.start();
  for (const times of [2, 3]) {
    await ups.at(-1)?.api.stop('SIGKILL');
    await until(`it is up for the ${times}. time`, () => ups.length === times, 60_000);
  }
  expect(said).toEqual([
    'api ended (SIGKILL): starting again…',
    'no space left',
    'api ended (SIGKILL): starting again…',
  ]);
  await standing.stop();
  // Nobody has the data any more.
  await (await lockData(join(dataDir, 'aws'), 0))();
});
