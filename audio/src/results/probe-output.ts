/** A result as it is: the facts that the verify stage holds against the plan. */
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import { probeOutputArgs } from '../args/probe-args.ts';
import { encoderOf } from '../encoders.ts';
import { openOwnFile } from '../own-files.ts';
import { lengthReaders } from '../probing/output-length.ts';
import { parseProbeJson } from '../probing/probe-json.ts';
import { runChild } from '../process/child.ts';
import { failureOfExit } from '../process/failure-of-exit.ts';
import { cleanTags } from '../tags/clean-tags.ts';
import type { FolderTools } from '../tools.ts';
import { readResult } from './read-result.ts';
import { isWhole } from './whole.ts';

/** What a result really is. */
export interface OutputFacts {
  readonly codec: string;
  /** Seconds that a gapless player plays. */
  readonly durationSeconds: number;
  /** How much longer than the sound that may be, in seconds: ADTS cannot say where its last frame ends. */
  readonly paddingSeconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly tags: Record<string, string>;
  readonly hasCover: boolean;
}

/** What is to be looked at. */
export interface ResultFile {
  readonly format: FormatName;
  /** Its name within the folder. */
  readonly fileName: string;
  /** Whether it should have tags, which ffprobe is asked for. Without them a small result needs no process. */
  readonly hasTags: boolean;
}

/**
 * Looks at a result.
 * @throws Failure OUTPUT_INVALID when it cannot be opened, holds no sound, or has lost its end.
 */
export async function probeOutput(
  tools: FolderTools,
  { format, fileName, hasTags }: ResultFile,
): Promise<OutputFacts> {
  const sound = hasTags ? undefined : await readResult(join(tools.cwd, fileName), format);
  if (sound !== undefined) return { ...sound, tags: {}, hasCover: false };
  const end = await runChild(tools, {
    binary: tools.ffprobe,
    args: probeOutputArgs(tools.lists, format, fileName),
    limits: { memoryBytes: 2e9, fileBytes: 0, cpuSeconds: 300 },
    totalSeconds: 300,
    stdoutBytes: 8 * 1024 * 1024,
  });
  if (end.exitCode !== 0) throw new Failure('OUTPUT_INVALID', { cause: failureOfExit(end, 'probe') });
  const json = parseProbeJson(end.stdout);
  const audio = json?.streams.find((stream) => stream.codec_type === 'audio');
  if (json === undefined || audio?.sample_rate === undefined || audio.channels === undefined) {
    throw new Failure('OUTPUT_INVALID', { cause: new Error(`no audio: ${end.stderr.slice(-1_000)}`) });
  }

  const rate = audio.sample_rate;
  const path = join(tools.cwd, fileName);
  const declared = { seconds: audio.duration ?? json.format.duration, packets: audio.nb_read_packets, rate };
  const { seconds, paddingSeconds } = await lengthReaders[encoderOf(format).length](declared, path);
  if (seconds === undefined || !(seconds > 0)) {
    throw new Failure('OUTPUT_INVALID', { cause: new Error('no duration') });
  }
  await requireWhole(path, format);
  return {
    codec: audio.codec_name ?? '',
    durationSeconds: seconds,
    paddingSeconds,
    sampleRate: rate,
    channels: audio.channels,
    tags: cleanTags(json.format.tags, audio.tags).kept.tags,
    hasCover: json.streams.some((stream) => stream.disposition.attached_pic === 1),
  };
}

/** What readers of small results see by themselves. */
async function requireWhole(path: string, format: FormatName): Promise<void> {
  const file = await openOwnFile(path);
  try {
    if (file !== undefined && (await isWhole(file, format))) return;
  } finally {
    await file?.close();
  }
  throw new Failure('OUTPUT_INVALID', { cause: new Error('its end is missing') });
}
