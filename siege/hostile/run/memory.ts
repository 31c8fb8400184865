/** How much memory the processes of a fleet had at their largest, as the kernel counts it. Linux. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const EVERY_MS = 50;

/** The most that a process ever had in memory (VmHWM), in bytes; undefined when it is gone or may not be seen. */
export async function peakBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Looks at the FFmpegs of the workers as long as it is open. One that lives shorter than a look may be missed. */
export class FfmpegWatch {
  readonly #workers: () => readonly number[];
  /** By job, as far as the folder of a process can be seen. */
  readonly #peaks = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  /** Of all. */
  peakBytes = 0;

  /** @param workers their process ids, now. */
  constructor(workers: () => readonly number[]) {
    this.#workers = workers;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  /** The largest FFmpeg that was seen for a job, in bytes; undefined when none was. */
  of(jobId: string | undefined): number | undefined {
    return jobId === undefined ? undefined : this.#peaks.get(jobId);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const pending = (await Promise.all(this.#workers().map(childrenOf))).flat();
      for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
        pending.push(...(await childrenOf(pid)));
        await this.#note(pid);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #note(pid: number): Promise<void> {
    const bytes = await peakBytes(pid);
    if (bytes === undefined) return;
    this.peakBytes = Math.max(this.peakBytes, bytes);
    // `{jobId}.{attempt}.{owner}`
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const [jobId = ''] = basename(folder).split('.');
    if (jobId !== '') this.#peaks.set(jobId, Math.max(this.#peaks.get(jobId) ?? 0, bytes));
  }
}
