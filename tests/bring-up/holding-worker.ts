/**
 * The real worker with one gate: it stops before the stage named by HOLD_AT_STAGE and says so over IPC, so that
 * a test can kill or freeze it exactly there. With IDLE_CORES it takes so many cores for idle, whatever the machine does.
 * Without those settings it is the worker as it is.
 */

import { makeFfmpegTools } from '@wavefleet/audio/tools.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import { startWorker } from '@wavefleet/worker/worker.ts';

const config = loadConfig(process.env);
const log = makeLog('holding-worker', config.LOG_LEVEL);
const platform = makePlatform(config, log);
const ffmpeg = await makeFfmpegTools(config, { path: process.env.PATH ?? '', uid: process.getuid?.() }, log);
const { HOLD_AT_STAGE: holdAt, IDLE_CORES: idleCores } = process.env;

const worker = await startWorker({
  platform,
  ffmpeg,
  gauge: gaugeOf(process),
  ...(idleCores !== undefined && { idleCores: async () => Number(idleCores) }),
  async onStage(stage, jobId) {
    if (stage !== holdAt) return;
    process.send?.({ held: stage, jobId });
    await new Promise((resolve) => process.once('message', resolve));
  },
});
let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await worker.stop();
  platform.close();
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
process.send?.({ ready: true });
