/** Every file of a folder through the real fleet, many at a time. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Ground } from '../run/ground.ts';
import { FfmpegWatch } from '../run/memory.ts';
import { sendByUpload } from '../run/send.ts';
import type { Ledger } from './ledger.ts';

/** A long file on a busy machine takes its time; whatever has not ended then has no end. */
const PATIENCE_MS = 30 * 60_000;

export interface FolderOptions {
  readonly folder: string;
  /** Files that are on their way at once. */
  readonly abreast: number;
  readonly signal: AbortSignal;
  /** Told after each file. */
  readonly onFile: (done: number, of: number) => void;
}

/** Sends what the ledger does not know yet. A file that cannot be read is left out. */
export async function sendFolder(ground: Ground, ledger: Ledger, options: FolderOptions): Promise<void> {
  const { folder, abreast, signal, onFile } = options;
  const watch = new FfmpegWatch(() => ground.fleet.workers.map(({ pid }) => pid));
  try {
    const pending = await openFiles(folder, ledger);
    const total = pending.length;
    let done = 0;
    const lane = async () => {
      for (let file = pending.shift(); file !== undefined && !signal.aborted; file = pending.shift()) {
        const bytes = await readFile(join(folder, file)).catch(() => undefined);
        if (bytes !== undefined) await sendOne(ground, ledger, watch, file, bytes);
        done += 1;
        onFile(done, total);
      }
    };
    await Promise.all(Array.from({ length: abreast }, lane));
  } finally {
    watch.close();
  }
}

async function sendOne(
  ground: Ground,
  ledger: Ledger,
  watch: FfmpegWatch,
  file: string,
  bytes: Buffer,
): Promise<void> {
  const name = file.split('/').at(-1) ?? file;
  const outcome = await sendByUpload(ground, { name, bytes, patienceMs: PATIENCE_MS });
  await ledger.add({
    file,
    sizeBytes: bytes.length,
    state: outcome.state,
    code: outcome.code ?? null,
    warnings: [...outcome.warnings],
    seconds: Math.round(outcome.seconds * 1000) / 1000,
    ffmpegPeakBytes: watch.of(outcome.jobId) ?? null,
  });
  // Ten thousand results would fill the disk.
  if (outcome.jobId !== undefined && outcome.state !== 'hang')
    await ground.post('/api/cleanup', { jobId: outcome.jobId });
}

async function openFiles(folder: string, ledger: Ledger): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const known = await Promise.all(
    files.toSorted().map(async (file) => ({ file, sizeBytes: (await stat(join(folder, file))).size })),
  );
  return known.filter(({ file, sizeBytes }) => ledger.isOpen(file, sizeBytes)).map(({ file }) => file);
}
