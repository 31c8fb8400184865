/**
 * The worker process, or with WORKER_ROLE=notifier one that delivers webhooks: settings in, signals in, exit code out. The
 * only file here that reads `process.*`.
 */

import { Failure } from '@wavefleet/contracts/failure.ts';
import { patient } from '@wavefleet/platform/aws/retry.ts';
import { ConfigError, loadConfig } from '@wavefleet/platform/config.ts';
import { makeLog, msSince } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { gaugeOf } from '@wavefleet/platform/resources/meter.ts';
import type { RunningWorker } from './worker.ts';

type Role = (platform: Platform) => Pick<RunningWorker, 'stop'> | Promise<RunningWorker>;

async function main(): Promise<void> {
  // Before the settings are read: a start without any leaves all of the role in Node's compile cache.
  const start = process.env.WORKER_ROLE === 'notifier' ? await notifier() : await converter();
  const config = loadConfig(process.env);
  const log = makeLog(config.WORKER_ROLE, config.LOG_LEVEL, config.INSTANCE_NAME);
  const platform = makePlatform(config, log, patient(config.AWS_RETRY_BASE_MS));
  const running = await start(platform);

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

/** Each role loads its own files alone: what has been loaded stays in memory. */
async function notifier(): Promise<Role> {
  return (await import('./notifier/notifier.ts')).startNotifier;
}

async function converter(): Promise<Role> {
  const [{ makeFfmpegTools }, { startWorker }] = await Promise.all([
    import('@wavefleet/audio/tools.ts'),
    import('./worker.ts'),
  ]);
  return async (platform) => {
    const found = { path: process.env.PATH ?? '', uid: process.getuid?.() };
    const ffmpeg = await makeFfmpegTools(platform.config, found, platform.log);
    return await startWorker({ platform, ffmpeg, gauge: gaugeOf(process), onStage: async () => {} });
  };
}

main().catch((error: unknown) => {
  // What whoever starts it can mend is said in a sentence, without a stack.
  const isPlain = error instanceof ConfigError || error instanceof Failure;
  process.stderr.write(`${isPlain ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
