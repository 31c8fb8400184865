/** A copy of `terraform/` in a temporary folder, initialised, so that runs leave nothing in the tree. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { findPluginDir } from './plugins.ts';

export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** What belongs to whoever deploys from this tree: their state, their values, their backend. */
const SOMEBODYS =
  /\/(\.terraform[^/]*|[^/]*\.tfstate[^/]*|terraform\.tfvars|[^/]*\.auto\.tfvars|backend\.tf)$/;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workspace {
  /** The copy of `terraform/`, or of the folder in it. */
  readonly dir: string;
  /** Runs terraform there. Never rejects for an exit code; `onLine` gets stdout line by line as it comes. */
  run(args: readonly string[], onLine?: (line: string) => void): Promise<Finished>;
  remove(): Promise<void>;
}

/**
 * Copies and initialises, with an installed provider where there is one.
 * @param env on top of this process's own, from which every TF_* and AWS_* variable is taken away: neither
 *   somebody's settings nor somebody's account has a part in this.
 * @param folder of another configuration below `terraform/`. Default: the fleet's.
 * @throws Error with terraform's own words when it cannot be initialised.
 */
export async function openWorkspace(env: Record<string, string> = {}, folder = ''): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-terraform-'));
  const dir = join(root, 'terraform', folder);
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await cp(join(repositoryRoot, 'terraform'), join(root, 'terraform'), {
      recursive: true,
      filter: (path) => !SOMEBODYS.test(path),
    });
    // Terraform reads it from the same place as in the repository.
    const description = join('contracts', 'src', 'resources.json');
    await mkdir(join(root, 'contracts', 'src'), { recursive: true });
    await cp(join(repositoryRoot, description), join(root, description));

    const run = (args: readonly string[], onLine?: (line: string) => void) =>
      runTerraform(dir, args, env, onLine);
    const pluginDir = await findPluginDir(process.env);
    const from = pluginDir === undefined ? [] : [`-plugin-dir=${pluginDir}`];
    const init = await run(['init', '-backend=false', '-input=false', '-no-color', ...from]);
    if (init.exitCode !== 0) throw new Error(`terraform init failed:\n${init.stderr}`);
    return { dir, run, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** It only computes, beside tests that wait for clocks. */
const GIVES_WAY = ['-n', '19'];

/**
 * Of Go: how much garbage may lie beside what is in use, in percent. The provider's schema is 300 MB that every collection
 * walks through; at Go's own 100 a third of a run goes into that.
 */
const GARBAGE_PERCENT = '400';

/** Runs terraform in a folder. */
export async function runTerraform(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
  onLine?: (line: string) => void,
): Promise<Finished> {
  const own = Object.entries(process.env).filter(([name]) => !/^(TF|AWS)_/.test(name));
  const child = execa('nice', [...GIVES_WAY, 'terraform', ...args], {
    cwd,
    extendEnv: false,
    env: {
      GOGC: GARBAGE_PERCENT,
      ...Object.fromEntries(own),
      ...{ TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
      ...env,
    },
    stdin: 'ignore',
    reject: false,
  });
  if (onLine !== undefined) {
    for await (const line of child.iterable()) onLine(line);
  }
  const { exitCode, stdout, stderr, message } = await child;
  return { exitCode: exitCode ?? 1, stdout, stderr: exitCode === undefined ? (message ?? '') : stderr };
}
