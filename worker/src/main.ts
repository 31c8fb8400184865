/**
 * The worker process, or with WORKER_ROLE=notifier one that delivers webhooks: settings in, signals in, exit code out. The
 * only file here that reads `process.*`.
 */

import { makeFfmpegTools } from '@wavefleet/audio/tools.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { patient } from '@wavefleet/platform/aws/retry.ts';
import { ConfigError, loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog, msSince } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import { startNotifier } from './notifier/notifier.ts';
import { type RunningWorker, startWorker } from './worker.ts';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = makeLog(config.WORKER_ROLE, config.LOG_LEVEL, config.INSTANCE_NAME);
  const platform = makePlatform(config, log, patient(config.AWS_RETRY_BASE_MS));
  const running =
    config.WORKER_ROLE === 'notifier' ? startNotifier(platform) : await startConverting(platform);

  let stopping = false;
  const stop = async (cause: string) => {
    if (stopping) return;
    stopping = true;
    const toldAtMs = performance.now();
    log.say('worker.stopping', { cause });
    await running.stop();
    platform.close();
    log.say('worker.ended', { ms: msSince(toldAtMs) });
    process.exit(0);
  };
  // A parent on the same machine that dies takes its end of the IPC channel with it. `on`, not `once`: execa's
  // own exit hook kills the process when it finds itself the only listener left, and no job would be handed back.
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const)
    process.on(signal, () => void stop(signal));
  process.send?.({ ready: true });
}

async function startConverting(platform: Platform): Promise<RunningWorker> {
  const found = { path: process.env.PATH ?? '', uid: process.getuid?.() };
  const ffmpeg = await makeFfmpegTools(platform.config, found, platform.log);
  return await startWorker({ platform, ffmpeg, gauge: gaugeOf(process), onStage: async () => {} });
}

main().catch((error: unknown) => {
  // What whoever starts it can mend is said in a sentence, without a stack.
  const isPlain = error instanceof ConfigError || error instanceof Failure;
  process.stderr.write(`${isPlain ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
