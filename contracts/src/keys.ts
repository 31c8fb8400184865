/**
 * Every S3 key and Redis key the fleet makes or reads. Of what users write, only the ending of a file's name becomes part
 * of a made key, and of that only letters and digits.
 */
import { fileIdSchema } from './job.ts';
import { resources } from './resources.ts';

const { prefixes } = resources.bucket;

/** What may follow an upload's id: what a listing of the bucket shows of the kind of file. Nothing depends on it. */
const ENDING = /\.([A-Za-z0-9]{1,8})$/;

/** Where an uploaded file lies: `uploads/{fileId}.{ext}`, without the rest where the name has no such ending. */
export function uploadKey(fileId: string, fileName: string): string {
  const [ending = ''] = ENDING.exec(fileName) ?? [];
  return `${prefixes.uploads}${fileId}${ending.toLowerCase()}`;
}

/** The upload whose bytes lie there, or undefined for a key that is not of this making. */
export function fileIdOfUploadKey(key: string): string | undefined {
  const fileId = key.slice(prefixes.uploads.length).replace(ENDING, '');
  return key.startsWith(prefixes.uploads) && fileIdSchema.safeParse(fileId).success ? fileId : undefined;
}

/**
 * One key per attempt: a worker that lost its lease can never overwrite the winner's result.
 * @param extension of the format, or of a zip.
 */
export function outputKey(jobId: string, attempt: number, extension: string): string {
  return `${outputPrefix(jobId)}${attempt}.${extension}`;
}

/** A preview lies beside the result of its attempt, and goes with it. */
export function previewKey(jobId: string, attempt: number, of: 'source' | 'result'): string {
  return `${outputPrefix(jobId)}${attempt}.preview-${of}.mp3`;
}

/** Everything any attempt of a job has stored lies below this prefix. */
export function outputPrefix(jobId: string): string {
  return `${prefixes.conversions}${jobId}/`;
}

/** Segments of a very long result, which go once the job is over. */
export function segmentsPrefix(jobId: string): string {
  return `${outputPrefix(jobId)}segments/`;
}

/** A key below `drops/`, taken apart. */
export interface DropKey {
  /** Whose folder it lies in; undefined where that is nobody's in particular. */
  readonly alias?: string | undefined;
  readonly preset: string;
  readonly fileName: string;
}

/**
 * Reads `drops/{preset}/{path}`, and `drops/{alias}/{preset}/{path}` for aliases that are known. Undefined for other keys
 * and folder markers. The preset of `drops/{name}` is empty.
 */
export function parseDropKey(key: string, isAlias: (folder: string) => boolean): DropKey | undefined {
  if (!key.startsWith(prefixes.drops) || key.endsWith('/')) return undefined;
  const path = key.slice(prefixes.drops.length).split('/');
  const fileName = path.pop() ?? '';
  const [first = '', second = ''] = path;
  return isAlias(first) ? { alias: first, preset: second, fileName } : { preset: first, fileName };
}

/** Where a drop's outcome is written: `results/{path after drops/}.json`. */
export function dropResultKey(dropKey: string): string {
  return `${prefixes.results}${dropKey.slice(prefixes.drops.length)}.json`;
}

/** Redis key of a job's newest progress (JSON), and the channel on which changes are published. */
export function progressKey(jobId: string): string {
  return `progress:${jobId}`;
}
export function progressChannel(jobId: string): string {
  return `job:${jobId}`;
}

/** Redis list of how long the last jobs took once they had begun, in ms. */
export const PACE_KEY = 'pace:jobs';
/** Redis hash of how many jobs ended within five minutes, and how long they took together. @param part epoch ms / 300,000. */
export function paceKey(part: number): string {
  return `pace:${part}`;
}

/** Redis set of the ids of processes that may live, and the key of the newest sample (JSON) of each. */
export const PROCESSES_KEY = 'processes';
export function processKey(processId: string): string {
  return `process:${processId}`;
}

/** Redis keys of what an owner holds of one kind: members by when they are forgotten, and their weights. One slot. */
export function holdingKeys(kind: string, ownerId: string): readonly [members: string, weights: string] {
  return [`held:{${kind}:${ownerId}}`, `held:{${kind}:${ownerId}}:weights`];
}
