/** The smoke test of the deployment pipeline, against a fleet of this machine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleet } from '../bring-up/fleet.ts';
import { smokeTest } from '../terraform/smoke-test.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start({ workers: 1 });
});
afterAll(() => fleet?.stop());

test('one conversion through a fleet says that it works', async () => {
  expect(await smokeTest(fleet.client)).toMatch(/^2 s of WAV became [1-9]\d+ bytes of FLAC in \d/);
});
