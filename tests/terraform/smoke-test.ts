/** One conversion through a fleet that only its address is known of. */
import type { Client } from '@wavefleet/client/client.ts';

const SAMPLE_RATE = 8_000;
const SECONDS = 2;
/** A fleet that rests at zero needs minutes for its first task. */
const TIMEOUT_MS = 900_000;

/** @returns what was done, in a sentence. @throws Error or Problem that says what was not as it should be. */
export async function smokeTest(client: Client): Promise<string> {
  const startedAtMs = performance.now();
  const health = await client.service.health();
  if (health.status !== 'ok') throw new Error(`the API says that it is ${health.status}`);
  const { fileId } = await client.uploads.send(new Blob([tone()]), { fileName: 'smoke.wav' });
  const { jobId } = await client.jobs.submit({ fileId, format: 'flac' });
  const job = await client.jobs.waitForEnd(jobId, { timeoutMs: TIMEOUT_MS, everyMs: 1_000 });
  if (job.status !== 'completed')
    throw new Error(`job ${jobId} is ${job.status}: ${job.error?.message ?? ''}`);
  const { body } = await client.results.download(jobId);
  const result = Buffer.from(await new Response(body).arrayBuffer());
  if (result.subarray(0, 4).toString('latin1') !== 'fLaC')
    throw new Error(`the result of ${jobId} is no FLAC`);
  await client.jobs.cleanUp(jobId);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  return `${SECONDS} s of WAV became ${result.length} bytes of FLAC in ${seconds} s`;
}

/** A WAV file of 16 bits, mono: 440 Hz. */
function tone(): Uint8Array<ArrayBuffer> {
  const samples = SAMPLE_RATE * SECONDS;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at += 1) {
    file.writeInt16LE(Math.round(10_000 * Math.sin((2 * Math.PI * 440 * at) / SAMPLE_RATE)), 44 + at * 2);
  }
  return Uint8Array.from(file);
}
