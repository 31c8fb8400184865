/** What figures were measured on: without it they say nothing. */
import { availableParallelism, cpus } from 'node:os';
import { execa } from 'execa';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  /** Of the program that was measured. */
  readonly ffmpegVersion: string;
  /** Today, as in `2026-11-27`. */
  readonly date: string;
}

/** @param ffmpegPath the program that converts. */
export async function thisMachine(ffmpegPath = 'ffmpeg'): Promise<Machine> {
  const { stdout } = await execa(ffmpegPath, ['-version']);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    ffmpegVersion: /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
  };
}
