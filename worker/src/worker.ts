/** One worker process put together: consumers, drop intake, sweeper. No side effects before `start`. */

import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import type { WorkerDeps } from './job/context.ts';
import { sweepWorkDir } from './job/work-folder.ts';
import { JobConsumers } from './queue/consumer.ts';
import { startIntake } from './queue/intake.ts';
import { startLiveness } from './upkeep/liveness.ts';
import { startSweeper } from './upkeep/sweeper.ts';
import { TaskProtection } from './upkeep/task-protection.ts';
import { startUploadSweeper } from './upkeep/upload-sweeper.ts';

export interface RunningWorker {
  /** Drains and ends; see `JobConsumers.stop`. The platform stays open. */
  stop(): Promise<void>;
}

export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { config, log } = deps.platform;
  const leftovers = await sweepWorkDir(config.WORK_DIR);
  if (leftovers.folders > 0) log.say('worker.leftovers', leftovers);
  const protection = new TaskProtection(config.ECS_AGENT_URI, log);
  const consumers = new JobConsumers(deps, () => protection.hold());
  const stopIntake = startIntake(deps.platform);
  const stopSweeper = startSweeper(deps.platform);
  const stopUploadSweeper = startUploadSweeper(deps.platform);
  consumers.start();
  const stopLiveness = startLiveness(config.LIVENESS_FILE, log);
  log.say('worker.ready', {
    concurrency: config.WORKER_CONCURRENCY,
    ability: deps.ability ?? ABILITY,
    environment: environmentOf(config),
  });
  return {
    async stop() {
      await Promise.all([
        consumers.stop(),
        stopIntake(),
        stopSweeper(),
        stopUploadSweeper(),
        protection.close(),
      ]);
      stopLiveness();
    },
  };
}
