/** A throw-away fleet for one bench, with room for large files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@wavefleet/client/client.ts';
import { bundledEntries } from '@wavefleet/localstack/bundled.ts';
import { Fleet, type FleetOptions } from '@wavefleet/localstack/fleet.ts';
import { generousLimits } from '@wavefleet/localstack/generous-limits.ts';

export interface ScratchFleet {
  readonly fleet: Fleet;
  readonly client: Client;
  /** For the bench's own files; gone afterwards. */
  readonly dir: string;
}

/** Made once for all benches of a run. */
let entries: ReturnType<typeof bundledEntries> | undefined;

/** Starts it with the programs that the images run, runs the bench, stops it, whatever happens. */
export async function withFleet<T>(
  options: Pick<FleetOptions, 'workers' | 'env' | 'awsPort' | 'keys'>,
  bench: (scratch: ScratchFleet) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-bench-'));
  const env = {
    ...generousLimits,
    MAX_UPLOAD_BYTES: String(5 * 1024 ** 3),
    MAX_OUTPUT_BYTES: String(5 * 1024 ** 3),
    ...options.env,
  };
  entries ??= bundledEntries();
  const own = { dataDir: join(dir, 'data'), port: 0, env, restartWorkers: false, entries: await entries };
  const fleet = new Fleet({ ...options, ...own });
  try {
    await fleet.start();
    return await bench({ fleet, client: new Client(fleet.apiUrl), dir });
  } finally {
    await fleet.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
