/** How far a child has read a file, seen from outside: FFmpeg itself does not tell. Linux only. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Watches one file of one child. What is read here is a few bytes of the kernel's own tables (proc(5), `fdinfo`), four
 * times a second, so it is done in place.
 */
export class ReadPosition {
  readonly #path: string;
  #pid: number | undefined;
  #fdinfo: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The child has this process id. Wrappers that exec in place keep it. */
  follow(pid: number): void {
    this.#pid = pid;
  }

  /**
   * Bytes up to where the child reads next. Null before it has opened the file and after it is gone, where there is no
   * /proc, and where the kernel does not let us look: at a child with another uid, in a container without SYS_PTRACE.
   */
  bytes(): number | null {
    if (this.#pid === undefined) return null;
    try {
      this.#fdinfo ??= this.#find(`/proc/${this.#pid}`);
      if (this.#fdinfo === undefined) return null;
      const position = /^pos:\s*(\d+)$/m.exec(readFileSync(this.#fdinfo, 'latin1'))?.[1];
      return position === undefined ? null : Number(position);
    } catch {
      return null;
    }
  }

  /** Descriptors that come and go while we look are not ours. */
  #find(process: string): string | undefined {
    const path = realpathSync(this.#path);
    const fd = readdirSync(join(process, 'fd')).find((name) => {
      try {
        return readlinkSync(join(process, 'fd', name)) === path;
      } catch {
        return false;
      }
    });
    return fd === undefined ? undefined : join(process, 'fdinfo', fd);
  }
}
