/** Classes one after the other against one fleet, and what its processes weighed meanwhile. */
import { Releasers } from '@wavefleet/platform/shutdown.ts';
import type { FileClass } from '../files/file-class.ts';
import type { RequestClass } from '../requests/request-class.ts';
import { Ground } from './ground.ts';
import { FfmpegWatch, peakBytes } from './memory.ts';
import { untraceable } from './trace.ts';
import { tryFiles } from './try-files.ts';

/** No process of the fleet, FFmpeg among them, may be larger. */
const MAX_RSS_BYTES = 200 * 1024 ** 2;

/** What is told of one class. */
interface ClassResult {
  readonly id: string;
  readonly what: string;
  readonly shortfalls: readonly string[];
  readonly tookMs: number;
}

export interface Options {
  readonly files: readonly FileClass[];
  readonly requests: readonly RequestClass[];
  /** No further class is begun once it is aborted. */
  readonly signal: AbortSignal;
  /** Told of each class when it is over. */
  readonly onResult: (result: ClassResult) => void;
}

/** @returns what fell short in all of them together: a process that grew too large. */
export async function tryClasses({ files, requests, signal, onResult }: Options): Promise<readonly string[]> {
  const releasers = new Releasers();
  try {
    const ground = await Ground.prepare();
    releasers.add(() => ground.stop());
    const workers = () => ground.fleet.workers.map(({ pid }) => pid);
    const watch = new FfmpegWatch(workers);
    releasers.add(() => watch.close());
    const canTrace = untraceable() === undefined;
    const classes = [
      ...files.map((each) => ({ each, check: () => tryFiles(ground, each, { canTrace }) })),
      ...requests.map((each) => ({ each, check: () => each.check(ground) })),
    ];
    for (const { each, check } of classes) {
      if (signal.aborted) break;
      const startedAtMs = performance.now();
      const shortfalls = await check().catch((error: unknown) => [`broke off: ${error}`]);
      onResult({ id: each.id, what: each.what, shortfalls, tookMs: performance.now() - startedAtMs });
    }
    return await tooLarge(ground, watch.peakBytes);
  } finally {
    await releasers.run();
  }
}

async function tooLarge({ fleet }: Ground, ffmpegBytes: number): Promise<string[]> {
  const processes: [string, number][] = [
    ['api', (await peakBytes(fleet.api.pid)) ?? 0],
    ...(await Promise.all(
      fleet.workers.map(
        async ({ name, pid }): Promise<[string, number]> => [name, (await peakBytes(pid)) ?? 0],
      ),
    )),
    ['ffmpeg', ffmpegBytes],
  ];
  const told = processes.map(([name, bytes]) => `${name} ${Math.round(bytes / 1024 ** 2)} MB`).join(', ');
  return processes.some(([, bytes]) => bytes > MAX_RSS_BYTES) ? [`a process grew too large: ${told}`] : [];
}
