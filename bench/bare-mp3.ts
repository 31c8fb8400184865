/** What users have without a fleet: a loop of the system's ffmpeg, one file after the other. */
import { join } from 'node:path';
import { execa } from 'execa';
import { cpuSeconds } from './processes.ts';

/** CPU seconds that making so many MP3s of a file takes, 192 kbit/s. @param dir where the result is put, over the one before. */
export async function bareMp3Seconds(input: string, dir: string, count: number): Promise<number> {
  const before = cpuSeconds(process.pid).children;
  const codec = ['-c:a', 'libmp3lame', '-b:a', '192k'];
  for (let made = 0; made < count; made += 1) {
    await execa('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', input, ...codec, join(dir, 'bare.mp3')]);
  }
  return cpuSeconds(process.pid).children - before;
}
