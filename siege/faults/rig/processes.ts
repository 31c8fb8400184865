/**
 * How each process of a fleet ended. The fleet replaces workers and the notifier by itself: who only looks at what is alive
 * misses the one that broke.
 */
import type { Child } from '@wavefleet/localstack/child.ts';

/** Of what it said last, so much is told, in characters. */
const LAST_WORDS = 300;

export class Processes {
  /** By which signal a child is to end. */
  readonly #endings = new WeakMap<Child, NodeJS.Signals>();
  readonly #broken: string[] = [];

  /** From its start on. */
  watch(child: Child): void {
    let lastWords = '';
    child.process.stderr?.on('data', (chunk: Buffer) => {
      lastWords = `${lastWords}${chunk.toString()}`.slice(-LAST_WORDS);
    });
    void child.ended.then((how) => {
      if (this.#isMeant(child, how)) return;
      this.#broken.push(`${child.name} ended (${how}): ${lastWords.trim().replaceAll(/\s*\n\s*/g, ' | ')}`);
    });
  }

  /** What is done to it ends it by that signal. */
  mayEnd(child: Child, by: NodeJS.Signals): void {
    this.#endings.set(child, by);
  }

  /** SIGKILL on purpose; resolves when it is gone. */
  async kill(child: Child): Promise<void> {
    this.mayEnd(child, 'SIGKILL');
    child.process.kill('SIGKILL');
    await child.ended;
  }

  /** One sentence for each that crashed, gave up, or had to be killed by whoever had told it to go. */
  get broken(): readonly string[] {
    return this.#broken;
  }

  /** Told to go, a process ends with 0, or of the signal itself where it has only begun to start. */
  #isMeant(child: Child, how: number | string): boolean {
    return how === 0 || how === 'SIGTERM' || how === this.#endings.get(child);
  }
}
