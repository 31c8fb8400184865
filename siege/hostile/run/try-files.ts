/** A class of files against the fleet: what fell short, in sentences. */
import { errorCodes, isErrorCode } from '@wavefleet/contracts/error-codes.ts';
import type { FileClass, HostileFile } from '../files/file-class.ts';
import type { Ground } from './ground.ts';
import { inOneLine, type Outcome, sendByDrop, sendByUpload } from './send.ts';
import { Trace } from './trace.ts';

/** A refusal that takes longer holds up somebody, on a machine that does nothing else. */
const REFUSAL_SECONDS = 2;
/** How much longer than the simplest refusal one may take, on a machine that does. */
const TIMES_THE_SIMPLEST = 6;
/** Files of a class that are on their way at once, each by both doors. */
const ABREAST = 2;

/** How a class is tried. */
export interface Trying {
  /** Whether strace may be used. */
  readonly canTrace: boolean;
  /** Files of the class that are sent, from all of its parts. Default: all. */
  readonly most?: number;
}

export async function tryFiles(
  ground: Ground,
  each: FileClass,
  { canTrace, most }: Trying,
): Promise<string[]> {
  const { traced = false, slow = false, check } = each;
  const files = someOf(each.files ?? [], most);
  const isTraced = traced && canTrace;
  const trace = isTraced ? await Trace.follow(ground.fleet.workers.map(({ pid }) => pid)) : undefined;
  const shortfalls: string[] = [];
  const pending = [...files];
  const lane = async () => {
    for (let file = pending.shift(); file !== undefined; file = pending.shift())
      shortfalls.push(...(await tryFile(ground, file, isTraced || slow)));
  };
  await Promise.all(Array.from({ length: ABREAST }, lane));
  if (trace !== undefined) {
    const { runs, sockets, foreign } = await trace.end();
    if (sockets > 0) shortfalls.push(`FFmpeg called out ${sockets} times`);
    if (foreign.length > 0) shortfalls.push(`FFmpeg opened ${foreign.join(', ')}`);
    // Most are refused before: then there is nothing to see, which is as good.
    if (runs === 0 && each.id === 'A7') shortfalls.push('no FFmpeg was seen by strace');
  }
  return [...shortfalls, ...((await check?.(ground)) ?? [])];
}

function someOf<T>(items: readonly T[], most = items.length): readonly T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

async function tryFile(ground: Ground, file: HostileFile, isSlow: boolean): Promise<string[]> {
  const { name, options, contentType, answers } = file;
  const bytes = file.make(ground.seeds);
  const order = options === undefined ? undefined : ({ format: 'flac', options } as const);
  const doors = {
    uploaded: () => sendByUpload(ground, { name, bytes, contentType, order }),
    ...(options === undefined ? { dropped: () => sendByDrop(ground, { name, bytes }) } : {}),
  };
  const tried = Object.entries(doors).map(async ([door, send]) => {
    const outcome = await send();
    const told = shortfallOf(outcome, answers);
    const found = told === undefined ? [] : [`${name} ${door}: ${told}`];
    if (outcome.state === 'completed')
      return [...found, ...(await downloadProblem(ground, outcome, `${name} ${door}`))];
    if (isSlow || outcome.seconds <= REFUSAL_SECONDS || mayBeTriedAgain(outcome)) return found;
    // Something else may have had the machine: it is the second time that counts.
    const { seconds } = await send();
    const simplest = await sendByUpload(ground, { name: 'zeros.flac', bytes: Buffer.alloc(9_000) });
    if (seconds <= Math.max(REFUSAL_SECONDS, TIMES_THE_SIMPLEST * simplest.seconds)) return found;
    return [...found, `${name} ${door}: refused after ${seconds.toFixed(1)} s`];
  });
  return (await Promise.all(tried)).flat();
}

const mayBeTriedAgain = ({ code }: Outcome): boolean =>
  code !== undefined && isErrorCode(code) && errorCodes[code].again !== 'never';

/** What is wrong with an outcome; undefined when it is one of the answers. */
function shortfallOf(outcome: Outcome, answers: readonly string[]): string | undefined {
  const line = inOneLine(outcome);
  if (!answers.some((answer) => fits(outcome, answer))) return `${line}, not ${answers.join(' or ')}`;
  if (outcome.attempts > 1 && !mayBeTriedAgain(outcome) && outcome.state === 'failed')
    return `${line} after ${outcome.attempts} attempts`;
  return undefined;
}

/** `completed CODE !CODE`: warnings that must be there, and such that must not. Any other answer is a code. */
function fits({ state, code, warnings }: Outcome, answer: string): boolean {
  const [end, ...wanted] = answer.split(' ');
  if (state !== 'completed') return end === code;
  return (
    end === 'completed' &&
    wanted.every((word) =>
      word.startsWith('!') ? !warnings.includes(word.slice(1)) : warnings.includes(word),
    )
  );
}

/** Whatever a file is called, who made a result of it gets it. */
async function downloadProblem(ground: Ground, { jobId }: Outcome, name: string): Promise<string[]> {
  const owner = await ground.fleet.platform.jobs.get(jobId ?? '');
  const headers =
    owner?.source.kind === 'drop' ? { authorization: `Bearer ${await ground.tokenOfDrops()}` } : {};
  const answer = await ground.request(`/api/download?jobId=${jobId}`, { method: 'HEAD', headers });
  return answer.status === 200 ? [] : [`${name}: its result answers ${answer.status}`];
}
