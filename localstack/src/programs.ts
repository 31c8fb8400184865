/** The programs that everything here needs. */
import { ensurePrograms, runQuietly } from './embedded/system-programs.ts';
import { ensureLauncher } from './launcher-build.ts';

/**
 * FFmpeg and Redis, installed when that needs no question, and the launcher that holds FFmpeg in, where there is a
 * compiler. @throws Error with the command to run otherwise.
 */
export function requirePrograms(): void {
  ensureLauncher((line) => console.log(line));
  ensurePrograms(['ffmpeg', 'ffprobe', 'redis-server'], {
    path: process.env.PATH,
    isRoot: process.getuid?.() === 0,
    say: (line) => console.log(line),
    run: runQuietly,
  });
}
