/** The hostile program in a container of the worker's image, with what `docker-compose.yml` grants it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Compose, requireCompose } from '@wavefleet/localstack/compose.ts';
import { buildHostile } from './attempts.ts';

const root = join(import.meta.dirname, '..', '..');

/** The image has neither a compiler nor these files: the program is made here, and both are there to be read. */
const REPOSITORY = '/repository';
const HOSTILE = '/hostile';

/**
 * Tries everything there, by the image's launcher, and answers the table.
 * @throws Error where Docker or a compiler is missing, the image cannot be built, or something was granted: with the table.
 */
export async function attemptsInContainer(): Promise<string> {
  await requireCompose();
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-hostile-'));
  const compose = new Compose({ project: `wavefleet-sandbox-${process.pid}`, files: ['docker-compose.yml'] });
  try {
    const hostile = await buildHostile(join(dir, 'hostile'));
    await compose.run('build', 'worker');
    const place = ['--volume', `${root}:${REPOSITORY}:ro`, '--volume', `${hostile}:${HOSTILE}:ro`];
    const how = ['--workdir', REPOSITORY, '--env', 'TMPDIR=/work', '--entrypoint', 'node'];
    const program = ['siege/sandbox/main.ts', '/opt/ffmpeg/launch', HOSTILE];
    return await compose.read('run', '--rm', '--no-deps', ...place, ...how, 'worker', ...program);
  } finally {
    await compose.run('down', '--volumes').catch(() => undefined);
    await rm(dir, { recursive: true, force: true });
  }
}
