/** Settings of API and worker processes that talk to emulators on this machine. */
import { join } from 'node:path';
import { ownBuild, ownLauncher } from '@wavefleet/audio/own-build.ts';
import type { AccessKeys } from './embedded/access-keys.ts';

/**
 * Resources are not named: `provision` does that.
 * @param endpointUrl where the emulator answers. @param keys those that it takes.
 */
export function localEnv(endpointUrl: string, keys: AccessKeys): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    ...ownBuild(process.getuid?.()),
    ...ownLauncher(),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    // Local polls cost nothing, and a short one lets Ctrl-C end sooner.
    POLL_WAIT_SECONDS: '2',
    // So does this: what would take longer is kept and goes on at the next start.
    DRAIN_TIMEOUT_MS: '5000',
    MALLOC_ARENA_MAX: '1',
    UV_THREADPOOL_SIZE: '2',
    // Keeps TypeScript without its types: the second start is faster and saves the 30 MB of the type stripper.
    NODE_COMPILE_CACHE: join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'wavefleet'),
  };
}
