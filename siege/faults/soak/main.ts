/** `npm run soak [-- --minutes N --seed N]`: jobs without end, and something goes wrong every ten seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeSample } from '@wavefleet/localstack/demo/samples.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { randomOf } from '@wavefleet/tests/bring-up/random.ts';
import { numberOf, runCommand } from '../../command/command.ts';
import { judge } from '../oracle/oracle.ts';
import { takenOverMs } from '../rig/clocks.ts';
import type { Accepted, Source } from '../rig/load.ts';
import { Rig } from '../rig/rig.ts';
import { figuresOf, type SoakFigures, type Span } from './figures.ts';
import { troubles } from './weather.ts';

const MINUTES = 10;
/** Jobs that are open at once at most: more would only wait for each other. */
const OPEN = 8;
const EVERY_MS = 10_000;
/** Seconds of sound and the kind of file. */
const kinds = [
  [0.2, 'wav'],
  [0.5, 'flac'],
  [1, 'mp3'],
  [2, 'ogg'],
  [1, 'm4a'],
  [3, 'opus'],
  [5, 'wav'],
  [0.2, 'aiff'],
] as const;

interface Soak {
  readonly rig: Rig;
  readonly random: () => number;
  readonly until: number;
  /** Ends it before its time; what it has seen by then is judged. */
  readonly interrupted: AbortSignal;
}

const isOver = ({ until, interrupted }: Soak): boolean => interrupted.aborted || performance.now() >= until;

/** A user: one job after the other, of any file. */
async function order(soak: Soak, sources: readonly Source[], jobs: Accepted[]): Promise<void> {
  const { rig, random } = soak;
  while (!isOver(soak)) {
    const source = sources[Math.floor(random() * sources.length)];
    const job = await rig.load.submitOne(random() < 0.5 ? 'flac' : 'wav', source);
    jobs.push(job);
    await rig.load.watch([job], AbortSignal.timeout(120_000));
  }
}

interface Weather {
  /** How long each fault took to be got over. */
  readonly recoveriesMs: readonly number[];
  /** In which no job could be taken. */
  readonly outages: readonly Span[];
}

async function trouble(soak: Soak, jobs: readonly Accepted[]): Promise<Weather> {
  const { rig, random } = soak;
  const kinds = troubles(random);
  const recoveries: Promise<number>[] = [];
  const outages: Span[] = [];
  while (!isOver(soak)) {
    const startedAtMs = performance.now();
    const kind = kinds[Math.floor(random() * kinds.length)];
    if (kind === undefined) throw new Error('there is no kind of trouble');
    const { words, stopsTakeovers, strike } = kind;
    const fromMs = Date.now();
    console.log(`${clock(Date.now())} ${words}; ${jobs.length} jobs so far`);
    await strike(rig).catch((error: unknown) => console.log(`         ${String(error)}`));
    if (stopsTakeovers) outages.push({ fromMs, untilMs: Date.now() });
    recoveries.push(recovered(rig, jobs));
    await sleep(Math.max(0, startedAtMs + EVERY_MS - performance.now()));
  }
  return { recoveriesMs: await Promise.all(recoveries), outages };
}

async function recovered(rig: Rig, jobs: readonly Accepted[]): Promise<number> {
  const fromMs = performance.now();
  await Promise.race([
    Promise.all(jobs.map(({ jobId }) => rig.history.ended(jobId))),
    sleep(120_000, undefined, { ref: false }),
  ]);
  return performance.now() - fromMs;
}

async function runSoak(minutes: number, seed: number, interrupted: AbortSignal): Promise<boolean> {
  const random = randomOf(seed);
  const rig = await Rig.start({ random });
  try {
    const sources: Source[] = [];
    for (const [index, [seconds, ending]] of kinds.entries()) {
      const path = rig.fleet.file(`source-${index}.${ending}`);
      // Opus knows no 44.1 kHz.
      await makeSample(path, { seconds, sampleRate: 48_000 });
      sources.push(await rig.load.upload(path, seconds));
    }
    rig.history.forget();
    const run: Soak = { rig, random, until: performance.now() + minutes * 60_000, interrupted };
    const jobs: Accepted[] = [];
    const users = Array.from({ length: OPEN }, () => order(run, sources, jobs));
    const [{ recoveriesMs, outages }] = await Promise.all([trouble(run, jobs), ...users]);
    await rig.heal();
    const any = { extraAttempts: Number.POSITIVE_INFINITY, extraAttemptsOfJob: Number.POSITIVE_INFINITY };
    const verdict = await judge(rig, { jobs, ...any, endWithinMs: 60_000 }, performance.now());
    for (const sentence of verdict.shortfalls.slice(0, 20)) console.log(sentence);
    const figures = figuresOf({
      ...{ history: rig.history, jobs, verdict, recoveriesMs, outages },
      longestMs: takenOverMs,
    });
    for (const { jobId, fromMs, ms } of figures.unleased)
      console.log(`${clock(fromMs)} for ${(ms / 1000).toFixed(1)} s job ${jobId} was at work for nobody`);
    console.log(`soak: ${minutes} min, seed ${seed}, ${recoveriesMs.length} faults: ${inWords(figures)}`);
    return verdict.shortfalls.length === 0 && figures.unleased.length === 0;
  } finally {
    await rig.stop();
  }
}

/** @param atMs epoch ms. */
function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

function inWords(figures: SoakFigures): string {
  const { jobs, lost, twice, events, wrongHashes, orphans, extraAttempts, recoveryP95Ms, unleased } = figures;
  return [
    `${jobs} jobs, lost ${lost}, twice ${twice}, distinct events ${events}/${jobs}`,
    `wrong hashes ${wrongHashes}, orphans ${orphans}, ${extraAttempts} extra attempts`,
    `p95 recovery ${(recoveryP95Ms / 1000).toFixed(1)} s`,
    `jobs at work without a lease for more than ${takenOverMs / 1000} s: ${unleased.length}`,
  ].join(', ');
}

await runCommand('soak', async (args, interrupted) => {
  const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const minutes = numberOf(values.minutes, 'minutes', MINUTES);
  const seed = numberOf(values.seed, 'seed', (Date.now() % 100_000) + 1);
  requirePrograms();
  return await runSoak(minutes, seed, interrupted);
});
