/** Docker Compose from scripts: one project over the files of this repository. */
import { join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '..', '..');

export interface ComposeOptions {
  /** Names containers and networks, so that several fleets do not meet. */
  readonly project: string;
  /** Below the root of the repository; later files override earlier ones. */
  readonly files: readonly string[];
  /** Below the root of the repository: values that the files take, where the environment has none. Default: none. */
  readonly envFile?: string;
  /** On top of this process's own: what the files take from the environment. */
  readonly env?: Record<string, string>;
}

export class Compose {
  readonly #options: ComposeOptions;

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  /** Runs `docker compose …` with its output shown on stderr. @throws Error in one line when it fails. */
  async run(...args: string[]): Promise<void> {
    const { failed } = await execa('docker', this.#args(args), {
      ...this.#settings(),
      stdio: ['ignore', 2, 2],
      reject: false,
    });
    if (failed) throw new Error(`docker compose ${args[0]} failed; what it said is above`);
  }

  /** Runs `docker compose …` and answers its stdout. @throws execa's error, with stderr, when it fails. */
  async read(...args: string[]): Promise<string> {
    const { stdout } = await execa('docker', this.#args(args), { ...this.#settings(), stdin: 'ignore' });
    return stdout;
  }

  #args(args: readonly string[]): string[] {
    const { project, files, envFile } = this.#options;
    const values = envFile === undefined ? [] : ['--env-file', join(root, envFile)];
    const composed = files.flatMap((file) => ['-f', join(root, file)]);
    return ['compose', '-p', project, ...values, ...composed, ...args];
  }

  #settings() {
    return { cwd: root, env: { ...this.#options.env } };
  }
}

/**
 * Makes sure that Docker runs and knows Compose.
 * @throws Error that says, in one line, what is missing and what to do.
 */
export async function requireCompose(): Promise<void> {
  const answers = async (...args: string[]) =>
    await execa('docker', args, { stdin: 'ignore', reject: false });
  const engine = await answers('info', '--format', '{{.ServerVersion}}');
  if (engine.code === 'ENOENT')
    throw new Error(
      'Docker is not installed: install it with its Compose plugin, or use `npm start`, which needs neither',
    );
  if (engine.failed)
    throw new Error(`Docker does not answer: start it and try again (${lastLine(engine.stderr)})`);
  const compose = await answers('compose', 'version', '--short');
  if (compose.failed)
    throw new Error('Docker has no Compose plugin: install docker-compose-plugin (or docker-compose-v2)');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
