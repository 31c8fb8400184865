/** A fleet of real processes over the stack under test. */
import { Fleet, type FleetOptions } from '@wavefleet/localstack/fleet.ts';
import { startServicesOfFleet } from './services.ts';

export interface TestFleet {
  readonly fleet: Fleet;
  /** SIGKILL to the Redis that it uses. */
  killRedis(): Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when everything answers. On failure what was started is stopped again. */
export async function startTestFleet(options: Omit<FleetOptions, 'services'>): Promise<TestFleet> {
  const services = await startServicesOfFleet();
  const fleet = new Fleet({ ...options, ...(services === undefined ? {} : { services }) });
  try {
    await fleet.start();
  } catch (error) {
    await services?.stop();
    throw error;
  }
  return {
    fleet,
    killRedis: async () =>
      services === undefined ? void process.kill(fleet.redisPid, 'SIGKILL') : await services.killRedis(),
    async stop() {
      await fleet.stop();
      await services?.stop();
    },
  };
}
