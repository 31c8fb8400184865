/** A work bench for tests with real files: the whole chain from a source to a result. */
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { execa } from 'execa';
import { convert } from './convert.ts';
import { folderFiles } from './folder-files.ts';
import { ownBuild, ownLauncher } from './own-build.ts';
import { probe } from './probing/probe.ts';
import type { ProbedSource } from './probing/source.ts';
import type { RunLimits } from './process/run.ts';
import { makeSandbox } from './process/sandbox.ts';
import { timeLimits } from './process/time-limits.ts';
import { probeOutput } from './results/probe-output.ts';
import { type FolderTools, makeFfmpegTools } from './tools.ts';
import { type WrittenSound, writeSound } from './written-sound.testing.ts';

const log = makeLog('test', 'silent');

/** Looks at the machine once for all test files of a process. */
let lookedUp: ReturnType<typeof lookUp> | undefined;
async function lookUp() {
  // The one under test: our own where it is built, as in a fleet. Sources and measurements are the system's.
  const paths = ownBuild(process.getuid?.()) ?? { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' };
  const config = { ...paths, ...ownLauncher() };
  const host = { path: process.env.PATH ?? '', uid: process.getuid?.() };
  return { paths, tools: await makeFfmpegTools(config, host, log) };
}

/** Real FFmpeg, in folders of its own below the system's temporary one. */
export async function makeBench() {
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-ffmpeg-'));
  lookedUp ??= lookUp();
  const { paths, tools } = await lookedUp;
  const signal = new AbortController().signal;

  /** The tools in a fresh attempt folder with the source in it. */
  const folderWith = async (source: string | Buffer): Promise<FolderTools> => {
    const cwd = await mkdtemp(join(root, 'attempt-'));
    const input = join(cwd, folderFiles.input);
    await (typeof source === 'string' ? copyFile(source, input) : writeFile(input, source));
    return tools.in(cwd, signal, log);
  };

  const probes = new Map<string, ReturnType<typeof probeAnew>>();
  const probeAnew = async (source: string, track?: number | string) => {
    const inFolder = await folderWith(source);
    return { probed: await probe(inFolder, track), mended: join(inFolder.cwd, folderFiles.input) };
  };
  /** What a file is, and the copy of it whose header the probe may have mended. Once for each file as it now is. */
  const probeOnce = async (source: string, track?: number | string) => {
    const { mtimeNs, size } = await stat(source, { bigint: true });
    const key = [source, mtimeNs, size, track].join();
    const known = probes.get(key) ?? probeAnew(source, track);
    probes.set(key, known);
    return await known;
  };

  /** One conversion. The source is probed by the first one only. @param known what to take the source for. */
  const convertFile = async (
    source: string,
    format: FormatName,
    options: ConversionOptions = {},
    quality?: Quality,
    known?: ProbedSource,
  ) => {
    const { probed, mended } =
      known === undefined ? await probeOnce(source, options.track) : { probed: known, mended: source };
    const inFolder = await folderWith(mended);
    // Which the probe does else.
    await inFolder.sandbox.prepareFolder(inFolder.cwd);
    const encoded = await convert(
      inFolder,
      probed,
      { format, quality, options },
      { output: 'out', input: probed.facts, limits: roomyLimits(probed.facts.durationSeconds) },
    );
    const { plan, warnings } = encoded;
    const file = join(inFolder.cwd, encoded.fileName);
    return { inFolder, file, plan, encoded, warnings: warnings.map((w) => w.code) };
  };

  return {
    /** The program under test. */
    ffmpeg: paths.FFMPEG_PATH,
    path: (name: string) => join(root, name),
    remove: () => rm(root, { recursive: true, force: true }),
    folderWith,
    probeFile: async (source: string | Buffer) =>
      typeof source === 'string' ? (await probeOnce(source)).probed : probe(await folderWith(source)),
    async write(name: string, bytes: Buffer): Promise<string> {
      await writeFile(join(root, name), bytes);
      return join(root, name);
    },
    /** Makes a WAV without FFmpeg. */
    async writeSound(name: string, sound: WrittenSound): Promise<string> {
      await writeSound(join(root, name), sound);
      return join(root, name);
    },
    /** Makes a file with plain FFmpeg, outside the sandbox. */
    async make(name: string, args: readonly string[]): Promise<string> {
      await execa('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, join(root, name)]);
      return join(root, name);
    },
    /**
     * The same tools with a shell script in FFmpeg's place. The launcher runs programs alone: here it is what systems
     * bring that holds the script in.
     */
    async scripted(inFolder: FolderTools, script: string): Promise<FolderTools> {
      await writeFile(join(inFolder.cwd, 'ffmpeg.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const sandbox = makeSandbox({ log, path: process.env.PATH ?? '', uid: process.getuid?.() });
      return { ...inFolder, ffmpeg: './ffmpeg.sh', sandbox };
    },
    convert: convertFile,
    /** A conversion, and its result as the verify stage sees it. */
    async verified(...order: Parameters<typeof convertFile>) {
      const converted = await convertFile(...order);
      const { inFolder, encoded } = converted;
      const facts = await probeOutput(inFolder, {
        format: order[1],
        fileName: encoded.fileName,
        hasTags: true,
      });
      return { ...converted, facts };
    },
  };
}

/** Limits that no test file comes near. */
export function roomyLimits(seconds: number | null): RunLimits {
  return { ...timeLimits(seconds, 0), memoryBytes: 2e9, outputBytes: 1e8, outputSeconds: 1e5 };
}
