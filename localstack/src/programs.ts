/** The programs that everything here needs. */
import { ensurePrograms, runQuietly } from './embedded/system-programs.ts';

/** FFmpeg and Redis, installed when that needs no question. @throws Error with the command to run otherwise. */
export function requirePrograms(): void {
  ensurePrograms(['ffmpeg', 'ffprobe', 'redis-server'], {
    path: process.env.PATH,
    isRoot: process.getuid?.() === 0,
    say: (line) => console.log(line),
    run: runQuietly,
  });
}
