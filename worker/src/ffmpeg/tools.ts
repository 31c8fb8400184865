/** FFmpeg and ffprobe of this machine, and how they may be run. */
import { type Allowlists, readAllowlists } from './allowlists.ts';
import type { ChildPlace } from './process/child.ts';
import { makeSandbox, type SandboxOptions } from './process/sandbox.ts';

/** What every FFmpeg run of this process needs, found out once at start. */
export interface FfmpegTools {
  /**
   * The tools at work in one attempt's folder.
   * @param signal its abort kills whatever runs there.
   */
  in(folder: string, signal: AbortSignal): FolderTools;
}

/** FFmpeg and ffprobe, bound to one folder and to the signal that ends all work in it. */
export interface FolderTools extends ChildPlace {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly lists: Allowlists;
}

/**
 * Looks at the machine: which sandbox works, which decoders FFmpeg has. Rejects when there is no FFmpeg.
 * @param host PATH and uid: facts of the process, which only `main.ts` reads.
 */
export async function makeFfmpegTools(
  config: { readonly FFMPEG_PATH: string; readonly FFPROBE_PATH: string },
  host: Pick<SandboxOptions, 'path' | 'uid'>,
  log: SandboxOptions['log'],
): Promise<FfmpegTools> {
  const tools = {
    ffmpeg: config.FFMPEG_PATH,
    ffprobe: config.FFPROBE_PATH,
    lists: await readAllowlists(config.FFMPEG_PATH),
    sandbox: makeSandbox({ log, ...host }),
  };
  return { in: (cwd, signal) => ({ ...tools, cwd, signal }) };
}
