import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { ConversionOptions, Quality } from '@wavefleet/contracts/request.ts';
import { execa } from 'execa';
import { convertArgs } from './args/encode-args.ts';
import { writeCompanions } from './companions/cover.ts';
import { folderFiles, outputFile } from './folder-files.ts';
import { planConversion } from './plan/plan.ts';
import { probe } from './probing/probe.ts';
import { probeOutput } from './probing/probe-output.ts';
import type { ProbedSource } from './probing/source.ts';
import { runFfmpeg } from './process/run.ts';
import { timeLimits } from './process/time-limits.ts';
import { makeFfmpegTools } from './tools.ts';

/** Runs the whole chain on real files for the tests that need real FFmpeg. */
export async function makeBench() {
  const root = await mkdtemp(join(tmpdir(), 'wavefleet-ffmpeg-'));
  const tools = await makeFfmpegTools(
    { FFMPEG_PATH: 'ffmpeg', FFPROBE_PATH: 'ffprobe' },
    { path: process.env.PATH ?? '', uid: process.getuid?.() },
    { warn: () => {} },
  );
  const { lists, sandbox } = tools;
  const signal = new AbortController().signal;

  /** A fresh attempt folder with the source in it. */
  const folderWith = async (source: string | Buffer): Promise<string> => {
    const cwd = await mkdtemp(join(root, 'attempt-'));
    const input = join(cwd, folderFiles.input);
    await (typeof source === 'string' ? copyFile(source, input) : writeFile(input, source));
    return cwd;
  };
  const probeFile = async (source: string | Buffer) =>
    probe({ binary: 'ffprobe', lists, cwd: await folderWith(source), sandbox, signal });

  return {
    ...tools,
    signal,
    path: (name: string) => join(root, name),
    remove: () => rm(root, { recursive: true, force: true }),
    folderWith,
    probeFile,
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
      const cwd = await folderWith(source);
      const probed = known ?? (await probe({ binary: 'ffprobe', lists, cwd, sandbox, signal }));
      const { plan, warnings } = planConversion(probed, format, quality, options);
      const made = await writeCompanions({ binary: 'ffmpeg', lists, sandbox, cwd, plan, signal });
      const run = await runFfmpeg({
        binary: 'ffmpeg',
        args: convertArgs(plan, lists, made.companions),
        cwd,
        sandbox,
        signal,
        limits: { ...timeLimits(plan.expectedSeconds, plan.trimStart), memoryBytes: 2e9, outputBytes: 1e8 },
      });
      const facts = await probeOutput({ binary: 'ffprobe', cwd, sandbox, signal, format });
      const file = join(cwd, outputFile(outputFormat(format).extension));
      return { cwd, file, plan, run, facts, warnings: [...warnings, ...made.warnings].map((w) => w.code) };
    },
  };
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
