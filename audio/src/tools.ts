/** FFmpeg and ffprobe of this machine, and how they may be run. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { type Allowlists, readAllowlists } from './allowlists.ts';
import type { ChildPlace } from './process/child.ts';
import { makeSandbox, type SandboxOptions } from './process/sandbox.ts';
import { findResampler, type Resampler } from './resampler.ts';

/** What every FFmpeg run of this process needs, found out once at start. */
export interface FfmpegTools {
  /**
   * The tools at work in one attempt's folder.
   * @param signal its abort kills whatever runs there.
   * @param log hears what runs there, with the ids of the job.
   */
  in(folder: string, signal: AbortSignal, log: Log): FolderTools;
}

/** FFmpeg and ffprobe, bound to one folder and to the signal that ends all work in it. */
export interface FolderTools extends ChildPlace {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly lists: Allowlists;
  readonly resampler: Resampler;
}

/**
 * Looks at the machine: which sandbox works, which decoders FFmpeg has.
 * @param host PATH and uid: facts of the process, which only `main.ts` reads.
 * @throws Failure FFMPEG_MISSING.
 */
export async function makeFfmpegTools(
  config: { readonly FFMPEG_PATH: string; readonly FFPROBE_PATH: string },
  host: Pick<SandboxOptions, 'path' | 'uid'>,
  log: SandboxOptions['log'],
): Promise<FfmpegTools> {
  const tools = {
    ffmpeg: config.FFMPEG_PATH,
    ffprobe: config.FFPROBE_PATH,
    lists: await readAllowlists(config.FFMPEG_PATH).catch(missing),
    resampler: await findResampler(config.FFMPEG_PATH).catch(missing),
    sandbox: makeSandbox({ log, ...host }),
  };
  return { in: (cwd, signal, log) => ({ ...tools, cwd, signal, log }) };
}

/** A worker without FFmpeg does not start: its jobs would all fail. */
function missing(error: unknown): never {
  const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  throw isThere ? error : new Failure('FFMPEG_MISSING', { cause: error });
}
