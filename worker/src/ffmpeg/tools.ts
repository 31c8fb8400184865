import { type Allowlists, readAllowlists } from './allowlists.ts';
import { makeSandbox, type Sandbox, type SandboxOptions } from './process/sandbox.ts';

/** What every FFmpeg run of this process needs, found out once at start. */
export interface FfmpegTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly lists: Allowlists;
  readonly sandbox: Sandbox;
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
  return {
    ffmpeg: config.FFMPEG_PATH,
    ffprobe: config.FFPROBE_PATH,
    lists: await readAllowlists(config.FFMPEG_PATH),
    sandbox: makeSandbox({ log, ...host }),
  };
}
