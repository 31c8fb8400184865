/**
 * `npm run terraform:stand-in`: the real configuration applied to an emulator of AWS, conversions through what it
 * made with the real code, a second plan, and everything destroyed again. The last line says how it went.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import { readApplied } from './applied.ts';
import { findDrift } from './drift.ts';
import { startEmulator } from './emulator.ts';
import { terraformUnavailable } from './plugins.ts';
import { TaskFleet } from './task-fleet.ts';
import { tryConversions } from './try-conversions.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const VALUES = ['-no-color', '-input=false', '-var-file=environments/stand-in.tfvars'];
/** S3 on an emulator has no host name for each bucket; MiniStack's ElastiCache writes `&` into its XML as it is. */
const OVERRIDE = `provider "aws" {
  s3_use_path_style = true
}

resource "aws_elasticache_user" "tasks" {
  access_string = "on ~* +@all"
}
`;

const say = (line: string) => console.log(`stand-in: ${line}`);

/** Runs and answers what it took in whole seconds. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const result = await work();
  return [result, Math.round((performance.now() - startedAt) / 1000)];
}

/** One terraform command that must succeed. Answers the last line that begins like `prefix`. */
async function must(workspace: Workspace, args: readonly string[], prefix: string): Promise<string> {
  const { exitCode, stdout, stderr } = await workspace.run(args);
  if (exitCode !== 0) throw new Error(`terraform ${args[0]} failed:\n${stderr}`);
  return stdout.split('\n').findLast((line) => line.startsWith(prefix)) ?? '';
}

async function run(releasers: Releasers): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'wavefleet-stand-in-'));
  releasers.add(() => rm(dir, { recursive: true, force: true }));
  const emulator = await startEmulator(process.env);
  releasers.add(() => emulator.stop());
  say(`AWS is ${emulator.about} at ${emulator.url}`);

  const workspace = await openWorkspace({
    AWS_ENDPOINT_URL: emulator.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  releasers.add(() => workspace.remove());
  await writeFile(join(workspace.dir, 'stand_in_override.tf'), OVERRIDE);

  const apply = () => must(workspace, ['apply', '-auto-approve', ...VALUES], 'Apply complete');
  const [applied, applySeconds] = await timed(apply);
  say(`${applied} (${applySeconds} s)`);

  const made = await readApplied(workspace);
  const fleet = await TaskFleet.start(made, emulator.url, dir);
  releasers.add(() => fleet.stop());
  for (const line of await tryConversions(fleet, made, dir)) say(line);
  const { kinds, refused } = await fleet.calls();
  if (refused.length > 0) throw new Error(`calls that no role allows: ${refused.join(', ')}`);
  const counted = Object.entries(kinds).map(([service, count]) => `${service} ${count} kinds`);
  say(`AWS calls: ${counted.join(', ')}, each allowed by its task role`);
  await fleet.stop();

  const [drift, planSeconds] = await timed(() => findDrift(workspace, VALUES));
  if (drift.real.length > 0) throw new Error(`a second plan would change: ${drift.real.join(', ')}`);
  say(
    `second plan: ${drift.asked} resources, nothing to change but what the emulator does not keep (${planSeconds} s)`,
  );
  for (const what of drift.notKept) say(`  not kept: ${what}`);

  // Without asking again: what the emulator has forgotten would only confuse the plan.
  const destroy = () =>
    must(workspace, ['destroy', '-auto-approve', '-refresh=false', ...VALUES], 'Destroy complete');
  const [destroyed, destroySeconds] = await timed(destroy);
  say(`${destroyed} (${destroySeconds} s)`);
}

const reason = await terraformUnavailable();
const releasers = new Releasers();
// Ctrl-C must not leave a container behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void releasers.run().finally(() => process.exit(1)));
}
try {
  if (reason !== undefined) throw new Error(`not run: ${reason}`);
  requirePrograms();
  const [, seconds] = await timed(() => run(releasers).finally(() => releasers.run()));
  say(`passed in ${seconds} s`);
} catch (error) {
  console.error(`stand-in: failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
