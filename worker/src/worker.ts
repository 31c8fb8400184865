/** One worker process put together: consumers, drop intake, sweeper. No side effects before `start`. */
import { ABILITY } from '@wavefleet/contracts/needs.ts';
import { environmentOf } from '@wavefleet/platform/config.ts';
import { ResourceMonitor } from '@wavefleet/platform/resources/monitor.ts';
import { startSweeper } from '@wavefleet/platform/upkeep/sweeper.ts';
import { Background } from './job/background.ts';
import type { WorkerDeps } from './job/context.ts';
import { WorkDir } from './job/work-dir.ts';
import { JobConsumers } from './queue/consumer.ts';
import { DependencyGate, type Need } from './queue/dependency-gate.ts';
import { type Gate, untilAllOpen } from './queue/gate.ts';
import { startIntake } from './queue/intake.ts';
import { startExpiry } from './upkeep/expiry.ts';
import { startLiveness } from './upkeep/liveness.ts';
import { TaskProtection } from './upkeep/task-protection.ts';
import { startUploadSweeper } from './upkeep/upload-sweeper.ts';

export interface RunningWorker {
  /** Drains and ends; see `JobConsumers.stop`. The platform stays open. */
  stop(): Promise<void>;
}

export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { config, log } = deps.platform;
  const workDir = await WorkDir.open(config.WORK_DIR);
  if (workDir.abandoned.length > 0)
    log.say('worker.leftovers', { folders: workDir.abandoned.length, jobIds: [...workDir.abandoned] });
  const protection = new TaskProtection(config.ECS_AGENT_URI, log);
  const resources = new ResourceMonitor(deps.platform, {
    service: 'worker',
    gauge: deps.gauge,
    conversion: deps.ffmpeg.means,
    work: () => ({
      jobIds: consumers.jobIds,
      slots: consumers.slots,
      waitingFor: gate.waitingFor,
    }),
  });
  const gate = new DependencyGate(neededServices(deps.platform), log, () => void resources.sample());
  const room: Gate = {
    get isOpen() {
      return resources.exhausted.length === 0;
    },
    untilOpen: (signal) => resources.untilWell(signal),
  };
  const background = new Background((error) => log.say('worker.task-failed', { err: error }));
  const consumers = new JobConsumers({ ...deps, workDir, background }, () => protection.hold(), gate, [
    room,
    protection,
  ]);
  await resources.start();
  const stopIntake = startIntake(deps.platform, {
    untilWell: (signal) => untilAllOpen([room, gate], signal),
  });
  const stopSweeper = startSweeper(deps.platform);
  const stopUploadSweeper = startUploadSweeper(deps.platform);
  const stopExpiry = startExpiry(deps.platform);
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
        // That it drains by now: nobody scales by slots that take nothing.
        resources.sample(),
        stopIntake(),
        stopSweeper(),
        stopUploadSweeper(),
        stopExpiry(),
        protection.close(),
        gate.stop(),
      ]);
      await Promise.all([
        background.close(),
        deps.platform.announcer.close(),
        deps.platform.dispatches.settle(),
      ]);
      stopLiveness();
      await resources.stop();
      await workDir.close();
    },
  };
}

/** Without the record no job can be claimed, without S3 none can be fetched. */
function neededServices({ aws, jobs, objects }: WorkerDeps['platform']): Need[] {
  const { dynamodb, s3 } = aws.breakers;
  return [
    { breaker: dynamodb, probe: (signal) => jobs.answers(signal) },
    { breaker: s3, probe: (signal) => objects.answers(signal) },
  ];
}
