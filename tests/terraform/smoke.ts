/**
 * `node tests/terraform/smoke.ts URL`: one file through a deployed fleet, as its users send it: uploaded, converted,
 * downloaded, deleted. Needs no FFmpeg. Exit code 0 when the result is what was asked for.
 */
import { Client } from '@wavefleet/client/client.ts';
import { smokeTest } from './smoke-test.ts';

const [, , url] = process.argv;
if (url === undefined) {
  console.error('smoke: expected the address of the API');
  process.exitCode = 2;
} else {
  try {
    console.log(`smoke: ${await smokeTest(new Client(url))}`);
  } catch (error) {
    console.error(`smoke: failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
