/** A process that has no descriptor left and is to convert: says on stdout what it learns of that. */
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { runFfmpeg } from './run.ts';
import { makeSandbox } from './sandbox.ts';

const cwd = tmpdir();
const log = makeLog('test', 'silent');
const sandbox = makeSandbox({ log, path: '', uid: undefined });
const { signal } = new AbortController();
const limits = { stallSeconds: 10, totalSeconds: 20, memoryBytes: 2e9, outputBytes: 1e6, outputSeconds: 1e5 };
const options = { args: [], limits, source: 'in', threads: 1 };
// Written with them all in use, it would need one itself.
process.stdout.write('');
try {
  for (;;) openSync('/dev/null', 'r');
} catch {
  // None is left.
}
const learnt = await runFfmpeg({ ffmpeg: 'true', cwd, sandbox, signal, log }, options).catch(
  (error: unknown) => (error instanceof Failure ? error.code : String(error)),
);
process.stdout.write(JSON.stringify(learnt));
