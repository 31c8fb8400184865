/** The source as it really is: its content decides, never its name. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { probeArgs } from '../args/probe-args.ts';
import { folderFiles } from '../folder-files.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { failureOfExit, tooManyStreams } from '../process/failure-of-exit.ts';
import { orderedChapters } from '../tags/chapters.ts';
import { cleanTags } from '../tags/clean-tags.ts';
import { readSeveralValues, type SeveralValues, windowed } from '../tags/values/read-values.ts';
import type { FolderTools } from '../tools.ts';
import { checkFacts } from './check-facts.ts';
import { refuseManyParts } from './count-parts.ts';
import { isProtected } from './drm.ts';
import { type SoundMd5, soundMd5 } from './flac-md5.ts';
import { mendAu } from './headers/au.ts';
import { mendFlac } from './headers/flac.ts';
import { type HeaderTruth, mendHeader, replaceHeader } from './headers/mend-header.ts';
import { mendOggFlac } from './headers/ogg-flac.ts';
import { lateSeconds } from './late-seconds.ts';
import { type ProbedStream, type ProbeJson, parseProbeJson } from './probe-json.ts';
import { runProbe } from './run-probe.ts';
import { hasSecondFile } from './second-file.ts';
import type { ProbedSource } from './source.ts';
import { chooseTrack, languageIn } from './tracks.ts';

/**
 * Looks at the source and says what it is; throws the Failure for what cannot be converted.
 * @param track which audio track, as `tracks.ts` takes it. Default: the file's own choice.
 */
export async function probe(tools: FolderTools, track?: number | string): Promise<ProbedSource> {
  const { start, truth, several, md5, isSeveral } = await lookAtHeader(join(tools.cwd, folderFiles.input));
  await tools.sandbox.prepareFolder(tools.cwd);
  let end = await runProbe(tools, probeArgs(tools.lists, { tags: true }));
  if (end.killedFor === 'stdout-size') end = await runProbe(tools, probeArgs(tools.lists, { tags: false }));
  const json = parseProbeJson(end.stdout);
  if (end.exitCode !== 0 || json === undefined || tooManyStreams.test(end.stderr)) {
    const failure = failureOfExit(end, 'probe');
    const isDamaged = failure.code === 'UNRECOGNISED_FORMAT' && beginsAsMedia.test(start);
    throw isDamaged ? new Failure('CORRUPT_INPUT', { cause: failure.cause }) : failure;
  }
  const mapped = mapProbe(json, several, /Estimating duration from bitrate/.test(end.stderr), track);
  checkFacts(mapped.facts);
  const notes = [...(mapped.notes ?? []), ...(isSeveral ? [planWarning('SECOND_FILE')] : [])];
  const source = { ...mapped, notes, lateSeconds: await lateSeconds(tools, json, mapped.audioStream), md5 };
  if (truth === undefined) return source;
  const { replacement } = truth;
  if (replacement === undefined) return withTruth(source, truth);
  await replaceHeader(join(tools.cwd, folderFiles.input), replacement);
  // There is no picture in it any more.
  const { isOpenEnded } = replacement;
  return { ...withTruth(source, truth), audioStream: 0, pictureStream: undefined, isOpenEnded };
}

/** What is recognised, even where nothing behind it can be read. */
const beginsAsMedia =
  /^(....(ftyp|moov|mdat)|RIFF....(WAVE|AVI )|FORM....AIF[FC]|fLaC|OggS|caff|wvpk|TTA1|MAC |FLV|.E\xdf\xa3|0&\xb2u)/s;

/** What the header really says goes before what FFmpeg made of it. */
function withTruth(source: ProbedSource, truth: HeaderTruth): ProbedSource {
  const { presentSeconds, promisedSeconds, isEstimate, validBits, hasTrailingData } = truth;
  const slackSeconds = isEstimate ? Number.POSITIVE_INFINITY : TOLERANCE_SECONDS;
  return {
    ...source,
    facts: {
      ...source.facts,
      durationSeconds: presentSeconds ?? source.facts.durationSeconds,
      bitDepth: validBits ?? source.facts.bitDepth,
    },
    durationSlackSeconds: presentSeconds === undefined ? source.durationSlackSeconds : slackSeconds,
    promisedSeconds,
    notes: [...(source.notes ?? []), ...(hasTrailingData ? [planWarning('TRAILING_DATA')] : [])],
  };
}

/** What the first look at a file found. */
interface FirstLook {
  /** A few bytes, one character each. */
  readonly start: string;
  /** Of a file with plain samples. */
  readonly truth: HeaderTruth | undefined;
  readonly several: SeveralValues;
  readonly md5: SoundMd5 | undefined;
  /** Another file begins behind its end. */
  readonly isSeveral: boolean;
}

/** Refuses by the first bytes. Mends the header of a file with plain samples, and reads tags of several values. */
async function lookAtHeader(path: string): Promise<FirstLook> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new Failure('EMPTY_FILE');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    const start = buffer.subarray(0, bytesRead);
    const refusal = refusalOf(start);
    if (refusal !== undefined) throw refusal;
    if (await isProtected(file, start, size)) throw new Failure('DRM_PROTECTED');
    await refuseManyParts(windowed(file), start, size);
    const isSeveral = await hasSecondFile(file, start, size);
    await mendOggFlac(file, start);
    await mendFlac(file, start);
    await mendAu(file, start);
    return {
      start: start.toString('latin1', 0, 16),
      truth: await mendHeader(file, start, size),
      several: await readSeveralValues(windowed(file), start, size),
      md5: await soundMd5(file, start),
      isSeveral,
    };
  } finally {
    await file.close();
  }
}

/**
 * Maps ffprobe's answer to our own types. Throws when there is no sound to convert.
 * @param estimated ffprobe computed the duration from size and bitrate (ADTS, MP3 without a Xing header).
 */
function mapProbe(
  json: ProbeJson,
  several: SeveralValues,
  estimated: boolean,
  asked: number | string | undefined,
): Omit<ProbedSource, 'lateSeconds'> {
  const { stream: chosen, track, skipped, all: tracks } = chooseTrack(json.streams, asked);
  // A cover picture makes an audio file look like a video; it is the stream marked as attached.
  const picture = json.streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition.attached_pic === 1,
  );
  const carriable = picture?.codec_name === 'mjpeg' || picture?.codec_name === 'png';
  // Matroska declares one duration for the whole file, and a video may outlast its sound.
  const isVideo = json.streams.some(
    (stream) => stream.codec_type === 'video' && stream.disposition.attached_pic === 0,
  );
  const duration = chosen.duration ?? json.format.duration;
  const { kept, lost } = cleanTags(json.format.tags, chosen.tags, several);
  return {
    notes: lost === 0 ? [] : [planWarning('TAGS_DROPPED', { count: lost })],
    facts: {
      container: json.format.format_name,
      codec: chosen.codec_name ?? 'unknown',
      durationSeconds: duration === undefined || !isPossible(duration) ? null : duration,
      sampleRate: Math.trunc(chosen.sample_rate ?? 0),
      channels: Math.trunc(chosen.channels ?? 0),
      bitDepth: bitDepthOf(chosen),
      streams: json.format.nb_streams,
      hasCover: picture !== undefined,
      ...kept,
      tracks: [...tracks],
      track,
    },
    audioStream: chosen.index,
    skippedTrack: skipped,
    isFloat: /^(flt|dbl)p?$/.test(chosen.sample_fmt ?? ''),
    layout: chosen.channel_layout === 'unknown' ? undefined : chosen.channel_layout,
    durationSlackSeconds: slackOf(
      chosen,
      json.format.format_name,
      estimated || (chosen.duration === undefined && isVideo),
    ),
    pictureStream: carriable ? picture?.index : undefined,
    language: languageIn(chosen.tags),
    chapters: orderedChapters(
      json.chapters.flatMap(({ start_time: startSeconds, end_time: endSeconds, tags }) =>
        startSeconds === undefined || endSeconds === undefined
          ? []
          : [{ startSeconds, endSeconds, title: titleOf(tags) }],
      ),
    ),
  };
}

/** A header may declare what neither a file nor a record can hold. */
function isPossible(seconds: number): boolean {
  return seconds > LEAST_SECONDS && seconds < MOST_SECONDS;
}
/** A sample at 768 kHz is longer; a file of 300 years is not. */
const LEAST_SECONDS = 1e-6;
const MOST_SECONDS = 1e10;

/** A chapter's title, under which its other tags are none of ours. */
function titleOf(tags: Readonly<Record<string, string>>): string {
  return cleanTags(tags, {}).kept.tags.title ?? '';
}

/** What a listener cannot notice, and a muxer's rounding needs. */
const TOLERANCE_SECONDS = 0.05;

/**
 * Lossy codecs also count the delay and padding of their frames: up to two of 2048 samples (WMA). CAF's table of packets
 * does so for all codecs, since FFmpeg counts whole packets: 4096 samples of ALAC.
 */
function slackOf(stream: ProbedStream, container: string, estimated: boolean): number {
  if (estimated) return Number.POSITIVE_INFINITY;
  const codec = stream.codec_name ?? '';
  const isExact = losslessCodec.test(codec) && (container !== 'caf' || codec.startsWith('pcm_'));
  const padding = isExact ? 0 : 4096 / (stream.sample_rate || 8_000);
  return TOLERANCE_SECONDS + padding;
}

/** Codecs that keep samples as they are. For all others a "bit depth" is the decoder's whim. */
const losslessCodec =
  /^(pcm_(?!alaw|mulaw)|flac|alac|wavpack|ape|tta|tak|shorten|mlp|truehd|wmalossless|als|dsd_)/;

/** Bits per sample for lossless codecs, else 0. DSD has 1 bit at MHz rates, which 24-bit PCM stands for. */
function bitDepthOf(stream: ProbedStream): number {
  const codec = stream.codec_name ?? '';
  if (!losslessCodec.test(codec)) return 0;
  if (codec.startsWith('dsd_')) return 24;
  const declared = stream.bits_per_raw_sample || stream.bits_per_sample;
  if (declared !== undefined && declared > 0) return declared;
  return Number(/\d+/.exec(stream.sample_fmt ?? '')?.[0] ?? 16);
}
