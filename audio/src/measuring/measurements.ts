/** What FFmpeg's filters have measured, as `ametadata` prints it: never scraped from stderr. */
import { join } from 'node:path';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { openOwnFile } from '../own-files.ts';

/** Filters print what they know so far, again and again; what counts is in the last of it. */
const TAIL_BYTES = 16_384;
/** Far above what the pauses of a day of speech take. */
const LONGEST_TEXT_BYTES = 16 * 1024 ** 2;

/** The last figure of each name that a filter has printed. */
export type Measurements = ReadonlyMap<string, number>;

/**
 * Reads the end of a file that `ametadata=mode=print` has written. Lines without a figure are left out; `-inf` is one.
 * @param name within the folder.
 * @returns an empty map when nothing was printed.
 * @throws Failure DISK_FULL when it breaks off.
 */
export async function readMeasurements(folder: string, name: string): Promise<Measurements> {
  return parseMeasurements(await readEnd(folder, name, TAIL_BYTES));
}

/** The whole of such a file, for what happens in an order. @throws as {@link readMeasurements}. */
export async function readText(folder: string, name: string): Promise<string> {
  return await readEnd(folder, name, LONGEST_TEXT_BYTES);
}

/** Where in time the last of what was printed stands, in the filter's own units; undefined when nothing was. */
export async function readLastTime(folder: string, name: string): Promise<number | undefined> {
  const times = [...(await readEnd(folder, name, TAIL_BYTES)).matchAll(/^frame:\d+ +pts:(\d+)/gm)];
  const last = times.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
}

async function readEnd(folder: string, name: string, mostBytes: number): Promise<string> {
  const file = await openOwnFile(join(folder, name));
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, mostBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('latin1', 0, bytesRead);
    // A disk that is full when a filter prints ends neither the filter nor FFmpeg, nor do they say so: the text goes as far as
    // there was room, which is most often within a line.
    if (text !== '' && !text.endsWith('\n')) throw new Failure('DISK_FULL');
    return text;
  } finally {
    await file.close();
  }
}

/** Lines such as `lavfi.astats.Overall.Peak_level=1.52`. */
function parseMeasurements(text: string): Measurements {
  const figures = [...text.matchAll(/^lavfi\.([\w.]+)=(-?(?:inf|[\d.]+))$/gm)];
  return new Map(figures.map(([, name = '', figure = '']) => [name, toNumber(figure)]));
}

function toNumber(figure: string): number {
  return Number(figure.replace('inf', 'Infinity'));
}
