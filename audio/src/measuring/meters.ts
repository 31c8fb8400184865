/** The meters: filters that measure, and what their files say. */
import type { LoudnessFigures } from '@wavefleet/contracts/loudness.ts';
import { print } from '../args/watch-filters.ts';
import { readMeasurements, readText } from './measurements.ts';

/** Figures of `ebur128` that nobody reads: its file grows by a block for each 0.1 s. */
const unread = ['M', 'S', 'LRA.low', 'LRA.high'];

/** Loudness and true peak after EBU R128. @param levels how the file's name begins. */
export function loudnessMeter(levels: string): string[] {
  return [
    'ebur128=peak=true:metadata=1',
    ...unread.map((figure) => `ametadata=mode=delete:key=lavfi.r128.${figure}`),
    print(levels, 'loudness'),
  ];
}

/** Where the integration of BS.1770 begins. Without anything above it, FFmpeg says just this. */
const ABSOLUTE_GATE_LUFS = -70;

/** What the loudness meter found. Peaks are factors with three digits: good to 0.01 dB near full scale. */
export async function readLoudness(folder: string, levels: string): Promise<LoudnessFigures> {
  const seen = await readMeasurements(folder, `${levels}.loudness.txt`);
  const integrated = seen.get('r128.I') ?? ABSOLUTE_GATE_LUFS;
  const peaks = [...seen].filter(([name]) => name.startsWith('r128.true_peak')).map(([, peak]) => peak);
  const peak = Math.max(0, ...peaks);
  const isMeasured = integrated > ABSOLUTE_GATE_LUFS;
  return {
    integratedLufs: isMeasured ? rounded(integrated) : null,
    rangeLu: isMeasured ? rounded(seen.get('r128.LRA') ?? 0) : null,
    truePeakDbtp: peak > 0 ? rounded(20 * Math.log10(peak)) : null,
  };
}

function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}

/** How many samples come along. */
export function lengthMeter(levels: string, sampleRate: number): string[] {
  return [
    `asetnsamples=n=${sampleRate * 10}:p=0`,
    'astats=metadata=1:measure_perchannel=none:measure_overall=Number_of_samples',
    print(levels, 'length'),
  ];
}

/** What the length meter found. */
export async function readLength(folder: string, levels: string): Promise<number> {
  const seen = await readMeasurements(folder, `${levels}.length.txt`);
  return Math.round(seen.get('astats.Overall.Number_of_samples') ?? 0);
}

/** Silence is looked for in blocks of so many samples: edges are found to 6 ms, and never within the sound. */
const BLOCK = 256;
/** Shorter silence than this stays. */
const SHORTEST_SECONDS = 0.1;

/** Where silence begins and ends. */
export function silenceMeter(levels: string, thresholdDb: number): string[] {
  return [
    `asetnsamples=n=${BLOCK}:p=0`,
    `silencedetect=noise=${thresholdDb}dB:d=${SHORTEST_SECONDS}`,
    print(levels, 'silence'),
  ];
}

/** The part that is not silent, in samples. */
export interface Sound {
  readonly startSample: number;
  /** Undefined for up to the end. */
  readonly endSample: number | undefined;
}

/** What the silence meter found: undefined when nothing has to go, `silent` when nothing would be left. */
export async function readSound(
  folder: string,
  levels: string,
  sampleRate: number,
): Promise<Sound | 'silent' | undefined> {
  return soundOf(await readText(folder, `${levels}.silence.txt`), sampleRate);
}

/**
 * Reads blocks such as `frame:172 …` and `lavfi.silence_end=1`. Times are printed with six digits, so the number of the
 * frame is what counts.
 */
function soundOf(text: string, sampleRate: number): Sound | 'silent' | undefined {
  const events: { kind: string; frame: number }[] = [];
  let frame = 0;
  for (const [, number, kind] of text.matchAll(/^(?:frame:(\d+)|lavfi\.silence_(start|end)=)/gm)) {
    if (kind === undefined) frame = Number(number);
    else events.push({ kind, frame });
  }
  // A beginning is told once the silence has lasted for a while; up to a block later it began.
  const began = (at: number): number =>
    Math.max(0, (at + 1) * BLOCK - Math.round(SHORTEST_SECONDS * sampleRate));
  const [first, second] = events;
  const last = events.at(-1);
  const leads = first?.kind === 'start' && began(first.frame) <= BLOCK;
  if (leads && second === undefined) return 'silent';
  const startSample = leads && second !== undefined ? second.frame * BLOCK : 0;
  const endSample = last?.kind === 'start' ? began(last.frame) : undefined;
  return startSample === 0 && endSample === undefined ? undefined : { startSample, endSample };
}
