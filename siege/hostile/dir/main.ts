/** `npm run hostile -- --dir PATH`: what a fleet makes of somebody's own archive. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Ground } from '../run/ground.ts';
import { Ledger } from './ledger.ts';
import { sendFolder } from './send-folder.ts';
import { isWell, summaryOf } from './summary.ts';

/** Between two lines of progress. */
const TELL_EVERY_MS = 2_000;
const MIB = 1024 ** 2;

/**
 * @param out where the lines go; a run that broke off goes on there.
 * @returns whether every file ended, and was explained.
 */
export async function tryFolder(
  { folder, out, abreast }: { folder: string; out: string; abreast: number | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  const ledger = await Ledger.open(resolve(out));
  const ground = await Ground.prepare({
    // Those of production: an archive is no attack.
    env: {
      MAX_DURATION_SECONDS: '43200',
      MAX_UPLOAD_BYTES: String(2_000 * MIB),
      MAX_RESUMABLE_UPLOAD_BYTES: String(2_000 * MIB),
    },
  });
  const startedAtMs = performance.now();
  let toldAtMs = startedAtMs;
  try {
    await sendFolder(ground, ledger, {
      folder: resolve(folder),
      abreast: abreast ?? availableParallelism() * 2,
      signal,
      onFile: (done, of) => {
        if (performance.now() - toldAtMs < TELL_EVERY_MS && done < of) return;
        toldAtMs = performance.now();
        const perSecond = done / ((toldAtMs - startedAtMs) / 1000);
        console.log(
          `${done}/${of} files, ${perSecond.toFixed(1)} a second, ${Math.round((of - done) / perSecond)} s left`,
        );
      },
    });
  } finally {
    await ground.stop();
  }
  const verdict = summaryOf(ledger.lines);
  console.log(`${verdict.text}\nlines: ${resolve(out)}`);
  return isWell(verdict, ledger.lines.length) && !signal.aborted;
}
