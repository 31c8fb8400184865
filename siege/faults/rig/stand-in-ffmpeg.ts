/** An FFmpeg that does what a test wants before, or instead of, what FFmpeg does. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class StandInFfmpeg {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** In a folder that the sandbox's user can reach, and leave traces in. */
  static async make(): Promise<StandInFfmpeg> {
    const dir = await mkdtemp(join(tmpdir(), 'wavefleet-stand-in-'));
    await mkdir(join(dir, 'traces'), { recursive: true });
    await chmod(dir, 0o755);
    await chmod(join(dir, 'traces'), 0o777);
    const standIn = new StandInFfmpeg(dir);
    await standIn.behaves('');
    const script = ['#!/bin/sh', `traces=${dir}/traces`, `. ${dir}/behaviour`, 'exec ffmpeg "$@"', ''];
    await writeFile(standIn.path, script.join('\n'), { mode: 0o755 });
    return standIn;
  }

  /** The FFMPEG_PATH. */
  get path(): string {
    return join(this.#dir, 'ffmpeg');
  }

  /**
   * From now on.
   * @param lines shell; `"$@"` are FFmpeg's arguments, the working folder is the attempt's, `mark NAME` leaves a trace.
   *   What ends here without `exit` becomes FFmpeg itself.
   */
  async behaves(lines: string): Promise<void> {
    const path = join(this.#dir, 'behaviour');
    const mark = 'mark() { : > "$traces/$1.$$"; }\n';
    await writeFile(`${path}.new`, `${mark}${lines}\n`, { mode: 0o644 });
    await rename(`${path}.new`, path);
  }

  /** Traces of that name so far. */
  async traces(name: string): Promise<number> {
    const found = await readdir(join(this.#dir, 'traces'));
    return found.filter((each) => each.startsWith(`${name}.`)).length;
  }

  /** As FFmpeg itself, and no traces. */
  async forget(): Promise<void> {
    await this.behaves('');
    for (const name of await readdir(join(this.#dir, 'traces')))
      await rm(join(this.#dir, 'traces', name), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Only where a result is made, not where FFmpeg only listens or lists what it can do. */
export const whileConverting = (lines: string): string => `case "$*" in *-progress*)\n${lines}\n;; esac`;
