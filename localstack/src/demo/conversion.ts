/** One conversion of the demo: through the API, watched, downloaded, and checked as a listener would. */
import { join } from 'node:path';
import type { Client } from '@wavefleet/client/client.ts';
import { saveResult } from '@wavefleet/client/files-on-disk.ts';
import { type FormatName, outputFormat } from '@wavefleet/contracts/formats.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { type MeasuredAudio, measureAudio } from './audio-check.ts';
import type { Bars } from './bars.ts';

/** What a listener may notice, beside what the container cannot declare. */
const TOLERANCE_SECONDS = 0.05;

export interface Conversion {
  readonly label: string;
  readonly job: JobView;
  readonly path: string | undefined;
  /** What is wrong with the result; empty when it is right. */
  readonly problems: readonly string[];
}

export interface ConversionInput {
  readonly client: Client;
  readonly bars: Bars;
  readonly fileId: string;
  readonly format: FormatName;
  readonly source: MeasuredAudio;
  /** Name of the result without its ending. */
  readonly name: string;
  readonly folder: string;
}

/** Submits, follows the progress to the end, downloads and checks. */
export async function convert(input: ConversionInput): Promise<Conversion> {
  const { client, bars, format, source } = input;
  const label = `${input.name} → ${format}`;
  const { jobId } = await client.jobs.submit({ fileId: input.fileId, format });
  bars.add(jobId, label);
  for await (const view of client.progress.events(jobId)) bars.update(view);
  const job = await client.jobs.get(jobId);
  if (job.status !== 'completed') {
    return { label, job, path: undefined, problems: [job.error?.code ?? job.status] };
  }
  const { extension } = outputFormat(format);
  // Two formats share the ending m4a; the format's name keeps their files apart.
  const suffix = extension === format ? '' : `.${format}`;
  const path = join(input.folder, `${input.name}${suffix}.${extension}`);
  await saveResult(client, jobId, path);
  return { label, job, path, problems: check(await measureAudio(path), source, job, outputFormat(format)) };
}

/** Codec, duration, sample rate and channels: of the file itself, against source, catalogue and record. */
function check(
  audio: MeasuredAudio,
  source: MeasuredAudio,
  job: JobView,
  entry: ReturnType<typeof outputFormat>,
): string[] {
  const problems: string[] = [];
  if (!audio.codec.startsWith(entry.codec)) problems.push(`codec ${audio.codec}`);
  const tolerance = TOLERANCE_SECONDS + entry.undeclaredSamples / audio.sampleRate;
  if (Math.abs(audio.durationSeconds - source.durationSeconds) > tolerance) {
    problems.push(`${audio.durationSeconds.toFixed(3)} s, not ${source.durationSeconds.toFixed(3)} s`);
  }
  const rate = job.output?.sampleRate;
  if (audio.sampleRate !== rate) problems.push(`${audio.sampleRate} Hz, not ${rate}`);
  const channels = Math.min(source.channels, entry.maxChannels);
  if (audio.channels !== channels && audio.channels !== 2) problems.push(`${audio.channels} channels`);
  if (Number.isFinite(source.levelDb) && Math.abs(audio.levelDb - source.levelDb) > 3) {
    problems.push(`level ${audio.levelDb.toFixed(1)} dB, not ${source.levelDb.toFixed(1)} dB`);
  }
  return problems;
}
