/** A work bench for tests with real files: the whole chain from a source to a result. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { execa } from 'execa';
import { convert } from './convert.ts';
import { folderFiles } from './folder-files.ts';
import { ownBuild } from './own-build.ts';
import { probe } from './probing/probe.ts';
import { probeOutput } from './probing/probe-output.ts';
import type { ProbedSource } from './probing/source.ts';
import type { RunLimits } from './process/run.ts';
import { timeLimits } from './process/time-limits.ts';
import { type FolderTools, makeFfmpegTools } from './tools.ts';

/** Real FFmpeg, in folders of its own below the system's temporary one. */
export async function makeBench() {
  const log = makeLog('test', 'silent');
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-ffmpeg-'));
  const tools = await makeFfmpegTools(
    // The one under test: our own where it is built, as in a fleet. Sources and measurements are the system's.
    ownBuild(process.getuid?.()) ?? { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' },
    { path: process.env.PATH ?? '', uid: process.getuid?.() },
    log,
  );
  const signal = new AbortController().signal;

  /** The tools in a fresh attempt folder with the source in it. */
  const folderWith = async (source: string | Buffer): Promise<FolderTools> => {
    const cwd = await mkdtemp(join(root, 'attempt-'));
    const input = join(cwd, folderFiles.input);
    await (typeof source === 'string' ? copyFile(source, input) : writeFile(input, source));
    return tools.in(cwd, signal, log);
  };

  return {
    path: (name: string) => join(root, name),
    remove: () => rm(root, { recursive: true, force: true }),
    folderWith,
    probeFile: async (source: string | Buffer) => probe(await folderWith(source)),
    async write(name: string, bytes: Buffer): Promise<string> {
      await writeFile(join(root, name), bytes);
      return join(root, name);
    },
    /** Makes a file with plain FFmpeg, outside the sandbox. */
    async make(name: string, args: readonly string[]): Promise<string> {
      await execa('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, join(root, name)]);
      return join(root, name);
    },
    async convert(
      source: string,
      format: FormatName,
      options: ConversionOptions = {},
      quality?: Quality,
      known?: ProbedSource,
    ) {
      const inFolder = await folderWith(source);
      const probed = known ?? (await probe(inFolder, options.track));
      const encoded = await convert(
        inFolder,
        probed,
        { format, quality, options },
        { output: 'out', input: probed.facts, limits: roomyLimits(probed.facts.durationSeconds) },
      );
      const { plan, warnings } = encoded;
      const facts = await probeOutput(inFolder, { format, fileName: encoded.fileName });
      const file = join(inFolder.cwd, encoded.fileName);
      return { file, plan, encoded, facts, warnings: warnings.map((w) => w.code) };
    },
  };
}

/** Limits that no test file comes near. */
export function roomyLimits(seconds: number | null): RunLimits {
  return { ...timeLimits(seconds, 0), memoryBytes: 2e9, outputBytes: 1e8, outputSeconds: 1e5 };
}

/** Decodes a file and measures it. Level is the RMS of all samples, 1 = full scale. */
export async function measure(
  file: string,
  channels: number,
  sampleRate: number,
): Promise<{ seconds: number; rms: number }> {
  const { stdout } = await execa(
    'ffmpeg',
    ['-nostdin', '-v', 'error', '-i', file, '-map', '0:a:0', '-f', 'f32le', 'pipe:1'],
    { encoding: 'buffer' },
  );
  const view = new DataView(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const count = Math.floor(stdout.byteLength / 4);
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += view.getFloat32(index * 4, true) ** 2;
  return { seconds: count / channels / sampleRate, rms: Math.sqrt(sum / Math.max(1, count)) };
}
