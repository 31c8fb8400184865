/** The programs that are built in this checkout: an FFmpeg with audio alone, and the launcher that holds FFmpeg in. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where it is put. */
const OWN_BUILD = join(import.meta.dirname, '..', '..', '.ffmpeg');

/** The settings that name FFmpeg and ffprobe. */
export interface FfmpegPaths {
  readonly FFMPEG_PATH: string;
  readonly FFPROBE_PATH: string;
}

/**
 * The programs of our own build; undefined when there are none, or when those who have to run them could not.
 * @param uid of this process: started by root, FFmpeg runs as nobody (`process/sandbox.ts`), who may not enter
 * everybody's home.
 */
export function ownBuild(uid: number | undefined, folder = OWN_BUILD): FfmpegPaths | undefined {
  const paths = { FFMPEG_PATH: join(folder, 'ffmpeg'), FFPROBE_PATH: join(folder, 'ffprobe') };
  try {
    for (const path of Object.values(paths)) accessSync(path, constants.X_OK);
    return uid === 0 && !isOpenToAll(folder) ? undefined : paths;
  } catch {
    return undefined;
  }
}

/** The setting that names the launcher of `audio/sandbox`; none where it is not built. */
export function ownLauncher(folder = OWN_BUILD): { readonly SANDBOX_LAUNCHER?: string } {
  const launcher = join(folder, 'launch');
  try {
    accessSync(launcher, constants.X_OK);
    return { SANDBOX_LAUNCHER: launcher };
  } catch {
    return {}; // not built, or not for us
  }
}

function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}
