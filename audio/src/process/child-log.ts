/** What the log hears of one child: its command, its stderr as it comes, and how it ended. */
import type { InputFacts } from '@wavefleet/contracts/job.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';

/** What is converted, as far as the log needs it: no tags, which are whatever somebody wrote. */
export type ConvertedInput = Pick<
  InputFacts,
  'container' | 'codec' | 'durationSeconds' | 'sampleRate' | 'channels'
>;

/** The lists of decoders alone would fill a page. */
const LONGEST_ARGUMENT = 200;
/** Of one child at `debug`; a broken file can make FFmpeg write without end. */
const MOST_STDERR_BYTES = 64 * 1024;
const TAIL_CHARACTERS = 2_000;

/** How a child ended, as lines say it. */
interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly killedFor:
    | 'total-time'
    | 'stall'
    | 'output-size'
    | 'output-time'
    | 'stdout-size'
    | 'abort'
    | undefined;
  readonly stderr: string;
}

export class ChildLog {
  readonly #log: Log;
  readonly #program: string;
  readonly #input: ConvertedInput | undefined;
  readonly #startedAtMs = performance.now();
  #pid = 0;
  #stderrLeft = MOST_STDERR_BYTES;

  /** @param input of a conversion, which is told at `info`; undefined for helpers, told at `debug`. */
  constructor(log: Log, program: string, input: ConvertedInput | undefined) {
    this.#log = log;
    this.#program = program;
    this.#input = input;
  }

  /** @param args without those of the sandbox. */
  started(pid: number, args: readonly string[], totalSeconds: number): void {
    this.#pid = pid;
    const line = { program: this.#program, pid, args: args.map(shortened), totalSeconds };
    if (this.#input === undefined) {
      this.#log.say('helper.started', line);
      return;
    }
    const { container, codec, durationSeconds, sampleRate, channels } = this.#input;
    const input = { container, codec, durationSeconds, sampleRate, channels };
    this.#log.say('ffmpeg.started', { ...line, input });
  }

  stderr(chunk: Buffer): void {
    if (this.#stderrLeft <= 0 || !this.#log.hears('debug')) return;
    const text = chunk.subarray(0, this.#stderrLeft).toString('utf8');
    this.#stderrLeft -= chunk.length;
    this.#log.say('ffmpeg.stderr', { program: this.#program, pid: this.#pid, text });
  }

  ended({ exitCode, signal, killedFor, stderr }: Ended): void {
    this.#log.say(this.#input === undefined ? 'helper.ended' : 'ffmpeg.ended', {
      program: this.#program,
      pid: this.#pid,
      exitCode: exitCode ?? null,
      signal: signal ?? null,
      killedFor: killedFor ?? null,
      seconds: Math.round(performance.now() - this.#startedAtMs) / 1000,
      stderrTail: stderr.slice(-TAIL_CHARACTERS),
    });
  }

  /** The operating system could not start it. */
  notStarted(error: unknown): void {
    this.#log.say('ffmpeg.not-started', { program: this.#program, err: error });
  }
}

function shortened(arg: string): string {
  if (arg.length <= LONGEST_ARGUMENT) return arg;
  return `${arg.slice(0, LONGEST_ARGUMENT)}… (${arg.length} characters)`;
}
