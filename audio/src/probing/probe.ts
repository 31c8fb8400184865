/** The source as it really is: its content decides, never its name. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { probeArgs } from '../args/probe-args.ts';
import { folderFiles } from '../folder-files.ts';
import { planWarning } from '../plan/plan-warnings.ts';
import { failureOfExit, tooManyStreams } from '../process/failure-of-exit.ts';
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
import { mapProbe, TOLERANCE_SECONDS } from './map-probe.ts';
import { isOggChain } from './ogg-chain.ts';
import { oggSeconds } from './ogg-length.ts';
import { plainWav } from './plain-wav.ts';
import { type ProbeJson, parseProbeJson } from './probe-json.ts';
import { runProbe } from './run-probe.ts';
import { hasSecondFile } from './second-file.ts';
import type { ProbedSource } from './source.ts';

/**
 * Looks at the source and says what it is; throws the Failure for what cannot be converted.
 * @param track which audio track, as `tracks.ts` takes it. Default: the file's own choice.
 */
export async function probe(tools: FolderTools, track?: number | string): Promise<ProbedSource> {
  const { start, truth, plain, several, md5, isSeveral, isChain, oggLength } = await lookAtHeader(
    join(tools.cwd, folderFiles.input),
  );
  await tools.sandbox.prepareFolder(tools.cwd);
  const { json, isEstimated } =
    plain === undefined ? await askFfprobe(tools, start) : { json: plain, isEstimated: false };
  const length = { isEstimate: isEstimated || isChain, seconds: oggLength };
  const mapped = mapProbe(json, { several, length, track });
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

/** @throws Failure for what it does not open. */
async function askFfprobe(
  tools: FolderTools,
  start: string,
): Promise<{ readonly json: ProbeJson; readonly isEstimated: boolean }> {
  let end = await runProbe(tools, probeArgs(tools.lists, { tags: true }));
  if (end.killedFor === 'stdout-size') end = await runProbe(tools, probeArgs(tools.lists, { tags: false }));
  const json = parseProbeJson(end.stdout);
  if (end.exitCode !== 0 || json === undefined || tooManyStreams.test(end.stderr)) {
    const failure = failureOfExit(end, 'probe');
    const isDamaged = failure.code === 'UNRECOGNISED_FORMAT' && beginsAsMedia.test(start);
    throw isDamaged ? new Failure('CORRUPT_INPUT', { cause: failure.cause }) : failure;
  }
  return { json, isEstimated: /Estimating duration from bitrate/.test(end.stderr) };
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
  /** What there is to know of a file that needs no ffprobe. */
  readonly plain: ProbeJson | undefined;
  readonly several: SeveralValues;
  readonly md5: SoundMd5 | undefined;
  /** Another file begins behind its end. */
  readonly isSeveral: boolean;
  /** What is declared of its length is that of the last of several streams. */
  readonly isChain: boolean;
  /** Seconds of an Ogg file that is no chain, where FFmpeg takes something else for them. */
  readonly oggLength: number | undefined;
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
    const isSeveral = await hasSecondFile(file, start, size);
    await mendOggFlac(file, start);
    await mendFlac(file, start);
    await mendAu(file, start);
    const plain = await plainWav(file, start, size);
    const truth = await mendHeader(file, start, size);
    // Behind the sound, whose end is known now: in it there is much that looks like parts.
    await refuseManyParts(windowed(file), start, size);
    return {
      start: start.toString('latin1', 0, 16),
      plain,
      truth,
      several: await readSeveralValues(windowed(file), start, size),
      md5: await soundMd5(file, start),
      isSeveral,
      isChain: await isOggChain(file, start, size),
      oggLength: start.toString('latin1', 0, 4) === 'OggS' ? await oggSeconds(file, size) : undefined,
    };
  } finally {
    await file.close();
  }
}
