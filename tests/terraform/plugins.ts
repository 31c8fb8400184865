/** Terraform and its AWS provider: which are here, and where. */
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');
const REGISTRY = 'https://registry.terraform.io/.well-known/terraform.json';
/** `state_key` in our tests came with it. */
const OLDEST = { major: 1, minor: 11 };

const versionSchema = z.object({ terraform_version: z.string() });

/**
 * A folder with the provider installed: `TF_PLUGIN_DIR`, or one where packages and people put it. Undefined:
 * terraform fetches it from the registry.
 */
export async function findPluginDir(env: Record<string, string | undefined>): Promise<string | undefined> {
  if (env.TF_PLUGIN_DIR) return env.TF_PLUGIN_DIR;
  const packages = await readdir('/opt').catch(() => []);
  const places = [
    join(env.HOME ?? '/root', '.terraform.d', 'plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...packages.map((name) => join('/opt', name)),
  ];
  for (const place of places) {
    if (await isThere(join(place, PROVIDER))) return place;
  }
  return undefined;
}

/** Why no run is possible here, in one sentence; undefined when one is. */
export async function terraformUnavailable(): Promise<string | undefined> {
  const version = await terraformVersion();
  if (version === undefined)
    return 'terraform is not on the PATH (https://developer.hashicorp.com/terraform/install)';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    return `terraform ${version} is too old, the tests want ${OLDEST.major}.${OLDEST.minor}`;
  }
  if ((await findPluginDir(process.env)) !== undefined || (await registryAnswers())) return undefined;
  return 'the provider hashicorp/aws is not installed (TF_PLUGIN_DIR names its folder) and registry.terraform.io does not answer';
}

async function terraformVersion(): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('terraform', ['version', '-json'], { reject: false });
  return exitCode === 0 ? versionSchema.parse(JSON.parse(stdout)).terraform_version : undefined;
}

async function registryAnswers(): Promise<boolean> {
  return await fetch(REGISTRY, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
