/** All processes as everybody may see them. */
import { type ProcessSample, processView, type SystemView } from '@wavefleet/contracts/system.ts';

/** A fleet of thousands would make an answer of megabytes. */
const MAX_PROCESSES = 100;

/**
 * @param own the newest sample of this process, which is newer than what it has told the others.
 * @param known the samples of all processes; undefined when Redis does not tell.
 * @param refusing why this process takes nothing in.
 */
export function systemView(
  own: ProcessSample,
  known: readonly ProcessSample[] | undefined,
  refusing: string[],
): SystemView {
  const others = (known ?? []).filter(({ processId }) => processId !== own.processId);
  const workers = others.filter(({ service }) => service === 'worker');
  const count = (of: (worker: ProcessSample) => number) => workers.reduce((sum, each) => sum + of(each), 0);
  return {
    refusing,
    workers:
      known === undefined
        ? null
        : {
            alive: workers.length,
            receiving: count(({ exhausted, waitingFor }) =>
              exhausted.length === 0 && waitingFor.length === 0 ? 1 : 0,
            ),
            activeJobs: count(({ jobIds }) => jobIds.length),
            slots: count(({ slots }) => slots),
          },
    processes: [own, ...others].slice(0, MAX_PROCESSES).map(processView),
  };
}
