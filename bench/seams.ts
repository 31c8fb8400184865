/**
 * `seams`: results joined of segments against those of one process, where segments meet and elsewhere, over all kinds of
 * sound. What fails here is not made in segments. Each kind is also joined without any warm-up, which has to fail: else
 * the measurement would see nothing.
 */
import { makeBench } from '@wavefleet/audio/conversion.testing.ts';
import { type Changes, type SeamStudy, studySeams } from '@wavefleet/audio/split/seams.testing.ts';
import { splitCodecOf } from '@wavefleet/audio/split/split-codecs.ts';
import type { FormatName } from '@wavefleet/contracts/formats.ts';
import type { Quality } from '@wavefleet/contracts/request.ts';
import { table } from '@wavefleet/localstack/demo/table.ts';
import type { Figure } from './figures.ts';

const SEGMENTS = 6;

/** Formulas of FFmpeg's `aevalsrc`, of the time `t` and a number that makes channels differ. */
const materials = {
  music: (voice: number) =>
    `0.12*(1+0.6*sin(2*PI*0.21*t))*(sin(2*PI*${220 + 27 * voice}*t)+sin(2*PI*${277 + 9 * voice}*t)+sin(2*PI*${330 + 5 * voice}*t))+0.35*exp(-30*mod(t\\,${0.43 - 0.06 * voice}))*sin(2*PI*1800*t)+0.08*(random(${voice})-0.5)`,
  speech: (voice: number) =>
    `(0.5*pow(max(0\\,sin(2*PI*3.1*t))\\,2)*lt(mod(t\\,5)\\,4.2)*(0.4+0.6*abs(sin(2*PI*0.37*t))))*(0.5*sin(2*PI*${118 + 6 * voice}*t+3*sin(2*PI*2*t))+0.3*sin(2*PI*${710 + 40 * voice}*t)+0.5*(random(${voice})-0.5))`,
  tone: (voice: number) => `0.5*sin(2*PI*${440 + 110 * voice}*t)`,
  attacks: (voice: number) =>
    `0.8*exp(-200*mod(t+${0.02 * voice}\\,0.137))*sin(2*PI*3300*t)+0.5*exp(-90*mod(t\\,0.411))*(random(${voice})-0.5)`,
  silence: () => '0',
} as const;
type Material = keyof typeof materials;

interface Case {
  readonly format: FormatName;
  readonly quality?: Quality;
  readonly rate: number;
  readonly channels: number;
  readonly material: Material;
  readonly seconds?: number;
  readonly sampleRate?: number;
}

const layouts: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1' };
const all = Object.keys(materials) as Material[];

/** Seconds that are no whole number of frames of anything. */
const SECONDS = 32.0123;

const cases: readonly Case[] = [
  ...all.map(
    (material) => ({ format: 'mp3', quality: '192k', rate: 44_100, channels: 2, material }) as const,
  ),
  ...all.map((material) => ({ format: 'mp3', quality: 'v2', rate: 44_100, channels: 2, material }) as const),
  ...(
    [
      ['320k', 48_000, 2],
      ['128k', 44_100, 2],
      ['128k', 32_000, 1],
      ['64k', 44_100, 1],
      ['v5', 48_000, 1],
      ['64k', 24_000, 2],
      ['48k', 22_050, 1],
      ['32k', 16_000, 1],
      ['24k', 11_025, 1],
      ['16k', 12_000, 2],
      ['8k', 8_000, 1],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) =>
        ({
          format: 'mp3',
          quality,
          rate,
          channels,
          material,
          seconds: rate < 16_000 ? 150.0123 : SECONDS,
        }) as const,
    ),
  ),
  // The rate changes on the way.
  { format: 'mp3', quality: '192k', rate: 96_000, channels: 2, material: 'music', sampleRate: 44_100 },
  { format: 'mp3', quality: '128k', rate: 48_000, channels: 2, material: 'speech', sampleRate: 22_050 },
  ...all.map(
    (material) => ({ format: 'opus', quality: '128k', rate: 44_100, channels: 2, material }) as const,
  ),
  ...(
    [
      ['16k', 16_000, 1],
      ['24k', 48_000, 1],
      ['32k', 44_100, 2],
      ['64k', 48_000, 2],
      ['192k', 96_000, 2],
      ['256k', 48_000, 6],
    ] as const
  ).flatMap(([quality, rate, channels]) =>
    (['music', 'speech'] as const).map(
      (material) => ({ format: 'opus', quality, rate, channels, material }) as const,
    ),
  ),
];

export async function benchSeams(): Promise<Figure[]> {
  const bench = await makeBench();
  const rows: string[][] = [];
  let failed = 0;
  try {
    for (const one of cases) {
      const name = nameOf(one);
      const source = await bench.make('seams.wav', sourceOf(one));
      const order = {
        ...{ source, format: one.format, segments: SEGMENTS },
        ...(one.quality && { quality: one.quality }),
        options: { ...(one.sampleRate && { sampleRate: one.sampleRate as 44_100 }) },
      };
      const study = await studySeams(bench, order);
      const isProven = study.isProven && (!study.isColdProven || one.material === 'silence');
      const { plan } = study.results;
      // What the planner leaves to one process need not be proven.
      const isSplit = splitCodecOf(plan)?.proves?.(plan) !== false;
      if (isSplit && !isProven) failed += 1;
      const row = [name, ...cellsOf(study), isSplit ? (isProven ? 'proven' : 'NOT PROVEN') : 'one process'];
      rows.push(row);
      console.log(row.join(' | '));
    }
  } finally {
    await bench.remove();
  }
  console.log(`\n${table(head, rows)}\n`);
  const value = rows.length - failed;
  const basis = `kinds of sound whose seams are no worse than the encoder with another start, of ${rows.length}`;
  return [{ figure: 'seams.proven', value, unit: 'ratio', min: value, max: value, n: rows.length, basis }];
}

const head = [
  'sound',
  'length',
  'at seams: min/p5/median dB, peak',
  'elsewhere',
  'another start',
  'without warm-up',
  'verdict',
];

function cellsOf({
  joined,
  lengthDifference,
  atSeams,
  elsewhere,
  arbitrary,
  coldSeams,
}: SeamStudy): string[] {
  const seams =
    joined.file === undefined
      ? [String(joined.problem), '', '']
      : [String(lengthDifference), figures(atSeams), figures(elsewhere)];
  return [...seams, figures(arbitrary), coldSeams === undefined ? 'not joined' : figures(coldSeams)];
}

function figures({ min, p5, median, peakRatio }: Changes): string {
  return `${[min, p5, median].map((db) => db.toFixed(1)).join('/')} ×${peakRatio.toFixed(2)}`;
}

function nameOf({ format, quality, rate, channels, material, sampleRate }: Case): string {
  const hz = sampleRate === undefined ? `${rate}` : `${rate}→${sampleRate}`;
  return `${format} ${quality ?? ''} ${hz} ${layouts[channels]} ${material}`;
}

function sourceOf({ rate, channels, material, seconds = SECONDS }: Case): string[] {
  const voices = Array.from({ length: channels }, (_, voice) => materials[material](voice)).join('|');
  return ['-f', 'lavfi', '-i', `aevalsrc='${voices}':s=${rate}:d=${seconds}:c=${layouts[channels]}`];
}
