/** What figures were measured on: without it they say nothing. */
import { availableParallelism, cpus } from 'node:os';
import { execa } from 'execa';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly ffmpegVersion: string;
  /** Today, as in `2026-11-27`. */
  readonly date: string;
}

/** With the system's FFmpeg. */
export async function thisMachine(): Promise<Machine> {
  const { stdout } = await execa('ffmpeg', ['-version']);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    ffmpegVersion: /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
  };
}
