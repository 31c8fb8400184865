/** The end-to-end and conformance tests once more, with AWS and Redis in containers; API and workers stay here. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures, OptionalSuite } from '../run/suite.ts';
import { figuresOf, readReport } from '../run/vitest-report.ts';
import { containersUnavailable } from './available.ts';
import { type Images, imagesFrom } from './images.ts';
import { goWithoutRyukIfMissing, removeContainers, startAws } from './owned.ts';
import { envOf } from './test-run-env.ts';

const root = join(import.meta.dirname, '..', '..');

/** Concerns `npm start`, which brings its own stack whatever else runs. */
const EMBEDDED_ONLY = '**/start.test.ts';

/**
 * Starts the containers, runs the tests, removes the containers, also on SIGINT and SIGTERM.
 * @param args for vitest: files, `-t`.
 * @throws when a container does not start, or when interrupted.
 */
export async function runContainerSuite(images: Images, args: readonly string[] = []): Promise<Figures> {
  const runId = randomUUID();
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const scratch = await mkdtemp(join(tmpdir(), 'wavefleet-containers-'));
  try {
    await goWithoutRyukIfMissing();
    const awsUrl = await startAws(images, runId);
    const report = join(scratch, 'report.json');
    const succeeded = await runVitest(
      [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      { ...process.env, ...envOf({ awsUrl, runId, images }) },
      interrupted.signal,
    );
    if (interrupted.signal.aborted) throw new Error('interrupted');
    const figures = figuresOf(readReport(report));
    if (!succeeded && figures.failed === 0) throw new Error('vitest fell short without a failed test');
    return figures;
  } finally {
    await removeContainers(runId);
    await rm(scratch, { recursive: true, force: true });
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Part of `npm test` where Docker and the images are there anyway. One stack alone: each takes five minutes. */
export const containerSuite: OptionalSuite = {
  name: 'containers',
  unavailable: () => containersUnavailable(),
  run: () => runContainerSuite(imagesFrom(process.env)),
};

async function runVitest(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const projects = ['--project', 'e2e', '--project', 'timed'];
  const child = spawn('vitest', ['run', ...projects, '--exclude', EMBEDDED_ONLY, ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const [code] = await once(child, 'exit');
  signal.removeEventListener('abort', stop);
  return code === 0;
}
