/** Files of a job's folder into S3, each with its sum, tried as often as it is worth. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { openOwnFile } from '@wavefleet/audio/own-files.ts';
import { readAt } from '@wavefleet/audio/probing/read-at.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { litter } from '@wavefleet/platform/litter.ts';
import { withNote } from '@wavefleet/platform/storage/attempt-results.ts';
import type { WorkContext } from './context.ts';
import { SMALL_FILE_BYTES } from './small-files.ts';
import { withRetries } from './transfer-retries.ts';

/** As much is read at once: by default it is a quarter, and each read is a wait for another thread. */
const BLOCK_BYTES = 256 * 1024;

/** Of a file that is stored. */
interface StoredFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What sending takes of a job. */
export type FileSender = Pick<WorkContext, 'folder' | 'signal' | 'log' | 'platform'>;

interface SendOptions {
  readonly onSent?: (bytes: number) => void;
  readonly noteOf?: (facts: StoredFacts) => string;
}

/**
 * Stores a file of the job's folder, with its sum. Until the record names it, it counts among what the attempt may have
 * stored for nobody.
 * @param options.onSent told how many bytes of the current try are sent.
 * @param options.noteOf what the object is to say of itself.
 * @throws Failure STORAGE_UNAVAILABLE when S3 does not take it.
 */
export async function storeFile(
  context: FileSender & Pick<WorkContext, 'stored'>,
  key: string,
  fileName: string,
  contentType: string,
  options: SendOptions = {},
): Promise<StoredFacts> {
  context.stored.begin(key);
  return await sendFile(context, key, fileName, contentType, { ...options, what: 'upload' });
}

/** As above for one that counts among nothing. @param options.what says how long S3 is waited for. */
export async function sendFile(
  context: FileSender,
  key: string,
  fileName: string,
  contentType: string,
  options: SendOptions & { readonly what: 'upload' | 'segment' },
): Promise<StoredFacts> {
  const { what, onSent = () => undefined, noteOf } = options;
  const path = join(context.folder, fileName);
  const { small, facts } = await sumOf(path, context.signal);
  const described = { ...facts, contentType, metadata: withNote(noteOf?.(facts)) };
  await withRetries(context, what, async () => {
    if (small === undefined) return await send(context, key, path, described, onSent);
    // A stream all the same: bytes the SDK would try again by itself, and so more often than others.
    const body = Readable.from(small, { objectMode: false });
    await context.platform.objects.putKnown(key, body, described, context.signal);
    onSent(small.length);
  });
  return facts;
}

/** One streamed request, whose body the SDK cannot send twice: each try opens the file anew. */
async function send(
  { signal, platform }: FileSender,
  key: string,
  path: string,
  facts: StoredFacts & { contentType: string; metadata: Record<string, string> },
  onSent: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onSent(sent);
      litter(chunk.length);
      done(null, chunk);
    },
  });
  const file = await openResult(path);
  const body = file.createReadStream({ highWaterMark: BLOCK_BYTES });
  body.on('error', (error) => counter.destroy(error));
  try {
    await platform.objects.putKnown(key, body.pipe(counter), facts, signal);
  } finally {
    body.destroy();
  }
}

/** @throws Failure OUTPUT_INVALID when nothing lies there, CONVERSION_FAILED when it is no plain file. */
async function openResult(path: string): Promise<FileHandle> {
  const file = await openOwnFile(path);
  if (file === undefined) throw new Failure('OUTPUT_INVALID');
  return file;
}

/** What is stored, and all of it where it is small: then it is read once, and what is stored is what was summed up. */
async function sumOf(path: string, signal: AbortSignal): Promise<{ facts: StoredFacts; small?: Buffer }> {
  const hash = createHash('sha256');
  const file = await openResult(path);
  const { size: sizeBytes } = await file.stat();
  if (sizeBytes > SMALL_FILE_BYTES) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    try {
      for (let at = 0; ; ) {
        signal.throwIfAborted();
        const { bytesRead } = await file.read(block, 0, block.length, at);
        if (bytesRead === 0) break;
        hash.update(block.subarray(0, bytesRead));
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
    return { facts: { sizeBytes, sha256: hash.digest('hex') } };
  }
  const small = await readAt(file, 0, sizeBytes).finally(() => file.close());
  return { facts: { sizeBytes: small.length, sha256: hash.update(small).digest('hex') }, small };
}
