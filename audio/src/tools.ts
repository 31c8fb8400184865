/** FFmpeg and ffprobe of this machine, and how they may be run. */
import { createHash } from 'node:crypto';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { ConversionMeans } from '@wavefleet/contracts/system.ts';
import type { Log } from '@wavefleet/platform/log/log.ts';
import { lookAtFfmpeg, type ProbeLists } from './allowlists.ts';
import { cpuLevel } from './cpu-level.ts';
import { sandboxMeans } from './process/bounds.ts';
import type { ChildPlace } from './process/child.ts';
import { makeSandbox, type SandboxOptions } from './process/sandbox.ts';
import { findResampler, type Resampler } from './resampler.ts';

/** What every FFmpeg run of this process needs, found out once at start. */
export interface FfmpegTools {
  /** What there is, for whoever asks how the fleet is doing. */
  readonly means: ConversionMeans;
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
  /** A hash of what decides over the bytes that it makes by one command: how it was built, and what the CPU can. */
  readonly maker: string;
  readonly lists: ProbeLists;
  readonly resampler: Resampler;
}

/** The settings that concern them. */
export interface FfmpegConfig {
  readonly FFMPEG_PATH: string;
  readonly FFPROBE_PATH: string;
  /** Default: the sandbox is made of what the system brings. */
  readonly SANDBOX_LAUNCHER?: string | undefined;
}

/**
 * Looks at the machine: which FFmpeg it is, what it can decode, which sandbox works. Said once.
 * @param host PATH and uid: facts of the process, which only `main.ts` reads.
 * @throws Failure FFMPEG_MISSING.
 */
export async function makeFfmpegTools(
  config: FfmpegConfig,
  host: Pick<SandboxOptions, 'path' | 'uid'>,
  log: SandboxOptions['log'],
): Promise<FfmpegTools> {
  const { version, banner, lists } = await lookAtFfmpeg(config.FFMPEG_PATH).catch(missing);
  const resampler = await findResampler(config.FFMPEG_PATH).catch(missing);
  const sandbox = makeSandbox({
    log,
    ...host,
    launcher: config.SANDBOX_LAUNCHER,
    program: config.FFMPEG_PATH,
  });
  const means: ConversionMeans = {
    ffmpeg: { version, build: lists.pictureDecoders.video.length === 0 ? 'audio-only' : 'system' },
    sandbox: {
      means: [...sandbox.means],
      missing: sandboxMeans.filter((mean) => !sandbox.means.includes(mean)),
    },
  };
  log.say('ffmpeg.found', { ...means.ffmpeg, sandbox: means.sandbox });
  const maker = createHash('sha256')
    .update(JSON.stringify([banner, await cpuLevel()]))
    .digest('hex');
  const programs = { ffmpeg: config.FFMPEG_PATH, ffprobe: config.FFPROBE_PATH, maker };
  const tools = { ...programs, lists, resampler, sandbox };
  return { means, in: (cwd, signal, log) => ({ ...tools, cwd, signal, log }) };
}

/** A worker without FFmpeg does not start: its jobs would all fail. */
function missing(error: unknown): never {
  const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  throw isThere ? error : new Failure('FFMPEG_MISSING', { cause: error });
}
