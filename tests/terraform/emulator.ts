/** The emulator of AWS that the stand-in applies to: one that runs already, a container, or MiniStack from pip. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { findProgram } from '@wavefleet/localstack/embedded/system-programs.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { containersUnavailable } from '../containers/available.ts';
import { goWithoutRyukIfMissing, removeContainers, startAws } from '../containers/owned.ts';

const IMAGE = 'ministackorg/ministack:latest';
const START_LIMIT_MS = 60_000;

export interface Emulator {
  readonly url: string;
  /** For people: what it is. */
  readonly about: string;
  stop(): Promise<void>;
}

/**
 * Starts one. `STAND_IN_URL` names one that runs and stays; else a container where Docker has the image
 * (`STAND_IN_IMAGE`, default MiniStack); else the program `ministack`.
 * @throws Error that says how to get one.
 */
export async function startEmulator(env: Record<string, string | undefined>): Promise<Emulator> {
  if (env.STAND_IN_URL) return { url: env.STAND_IN_URL, about: 'STAND_IN_URL', stop: async () => {} };
  const image = env.STAND_IN_IMAGE || IMAGE;
  const noContainer = await containersUnavailable({ aws: image, redis: image });
  if (noContainer === undefined) return await startContainer(image);
  const program = findProgram('ministack', env.PATH);
  if (program !== undefined) return await startProgram(program, env);
  throw new Error(`no emulator: ${noContainer}, ministack is not on the PATH (pip install ministack)`);
}

async function startContainer(image: string): Promise<Emulator> {
  const runId = randomUUID();
  const stop = () => removeContainers(runId);
  try {
    await goWithoutRyukIfMissing();
    return { url: await startAws({ aws: image }, runId), about: `${image} in a container`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startProgram(program: string, env: Record<string, string | undefined>): Promise<Emulator> {
  const port = await freePort();
  const child = spawn(program, [], {
    env: {
      ...env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      // It would start containers for ECS services; the real processes run beside it instead.
      DOCKER_HOST: 'unix:///nonexistent',
    },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/_localstack/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  try {
    await until('ministack answers', answers, START_LIMIT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, about: program, stop };
}
