/**
 * `node tests/terraform/smoke.ts URL`: one file through a deployed fleet, as its users send it: uploaded, converted,
 * downloaded, deleted. SMOKE_TOKEN is an API key, for a fleet that wants one. Needs no FFmpeg. Exit code 0 when the result is what was asked for.
 */
import { Client } from '@wavefleet/client/client.ts';
import { smokeTest } from './smoke-test.ts';

const [, , url] = process.argv;
/** An API key, for a fleet where people sign in. */
const token = process.env.SMOKE_TOKEN || undefined;
if (url === undefined) {
  console.error('smoke: expected the address of the API');
  process.exitCode = 2;
} else {
  try {
    console.log(`smoke: ${await smokeTest(new Client(url, { token }))}`);
  } catch (error) {
    console.error(`smoke: failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
