/**
 * `seams`: results joined of segments against those of one process, where segments meet and elsewhere, over all kinds of
 * sound. What fails here is not made in segments. Each kind is also joined without any warm-up, which has to fail: else
 * the measurement would see nothing.
 */
import { makeBench } from '@wavefleet/audio/conversion.testing.ts';
import { type Changes, type SeamStudy, studySeams } from '@wavefleet/audio/split/seams.testing.ts';
import { splitCodecOf } from '@wavefleet/audio/split/split-codecs.ts';
import { table } from '@wavefleet/localstack/demo/table.ts';
import type { Figure } from './figures.ts';
import { type Case, cases, layouts, sourceOf } from './seam-cases.ts';

const SEGMENTS = 6;

/** @param only how the names of those cases begin that are measured. Default: all of them. */
export async function benchSeams(only = ''): Promise<Figure[]> {
  const bench = await makeBench();
  const rows: string[][] = [];
  let failed = 0;
  try {
    for (const one of cases.filter((row) => nameOf(row).startsWith(only))) {
      const name = nameOf(one);
      const source = await bench.make('seams.wav', sourceOf(one));
      const order = {
        ...{ source, format: one.format, segments: one.segments ?? SEGMENTS },
        ...(one.quality && { quality: one.quality }),
        options: { ...(one.sampleRate && { sampleRate: one.sampleRate as 44_100 }) },
      };
      const study = await studySeams(bench, order);
      const isProven =
        study.isSame || (study.isProven && (!study.isColdProven || one.material === 'silence'));
      // What is left to one process need not be proven.
      const isSplit = isMadeInSegments(study);
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

/** By the planner, and where places to meet are looked for, by what was found. */
function isMadeInSegments({ results: { plan }, joined }: SeamStudy): boolean {
  const codec = splitCodecOf(plan);
  const foundNoPlace = codec?.settle !== undefined && isUntried(joined);
  return codec?.proves?.(plan) !== false && !foundNoPlace;
}

/** Nothing was there to be joined. */
const isUntried = ({ file, problem }: SeamStudy['joined']) => file === undefined && problem === undefined;

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
  isSame,
  atSeams,
  elsewhere,
  arbitrary,
  coldSeams,
}: SeamStudy): string[] {
  const seams =
    joined.file === undefined
      ? [isUntried(joined) ? 'no place to meet' : String(joined.problem), '', '']
      : [isSame ? 'same samples' : String(lengthDifference), figures(atSeams), figures(elsewhere)];
  return [...seams, figures(arbitrary), coldSeams === undefined ? 'not joined' : figures(coldSeams)];
}

function figures({ min, p5, median, peakRatio }: Changes): string {
  return `${[min, p5, median].map((db) => db.toFixed(1)).join('/')} ×${peakRatio.toFixed(2)}`;
}

function nameOf({ format, quality, rate, channels, material, sampleRate }: Case): string {
  const hz = sampleRate === undefined ? `${rate}` : `${rate}→${sampleRate}`;
  return `${format} ${quality ?? ''} ${hz} ${layouts[channels]} ${material}`;
}
