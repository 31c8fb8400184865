/** `npm run hostile [-- ID… --list --table --dir PATH --out FILE --abreast N]`: sends what nobody should send, and sees what is answered. */
import { parseArgs } from 'node:util';
import { ensurePage } from '@wavefleet/localstack/page-build.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { tryFolder } from './dir/main.ts';
import { fileClasses } from './files/all.ts';
import { requestClasses } from './requests/all.ts';
import { trySandbox } from './run/sandbox.ts';
import { untraceable } from './run/trace.ts';
import { type ClassResult, tryClasses } from './run/try-all.ts';
import { tableOf } from './table.ts';

/** Sentences of one class that are printed. */
const TOLD = 12;

/** Ctrl-C ends after the class under way, and stops what was started. */
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      table: { type: 'boolean' },
      dir: { type: 'string' },
      out: { type: 'string' },
      abreast: { type: 'string' },
    },
  });
  const all = [...fileClasses, ...requestClasses];
  if (values.list) {
    for (const { id, what } of all) console.log(`${id.padEnd(4)} ${what}`);
    return;
  }
  if (values.table) {
    console.log(`${tableOf('files', fileClasses)}\n\n${tableOf('requests', requestClasses)}`);
    return;
  }
  if (values.dir !== undefined) {
    requirePrograms();
    const { dir: folder, out = 'hostile.jsonl', abreast } = values;
    const order = { folder, out, abreast: abreast === undefined ? undefined : Number(abreast) };
    process.exitCode = (await tryFolder(order, interrupted.signal)) ? 0 : 1;
    return;
  }
  const unknown = names.filter((name) => !all.some(({ id }) => id === name));
  if (unknown.length > 0) throw new Error(`no class named ${unknown.join(', ')}; --list shows them`);
  requirePrograms();
  // The page's cookie is one of the classes.
  await ensurePage();
  await tryThem(names);
}

async function tryThem(names: readonly string[]): Promise<void> {
  const chosen = ({ id }: { readonly id: string }): boolean => names.length === 0 || names.includes(id);
  const [files, requests] = [fileClasses.filter(chosen), requestClasses.filter(chosen)];
  const passed = new Set<string>();
  const untraced = untraceable();
  if (untraced !== undefined) console.log(`FFmpeg's opens and sockets are not watched: ${untraced}`);
  const inAll = await tryClasses({
    files,
    requests,
    signal: interrupted.signal,
    onResult: (result) => {
      if (result.shortfalls.length === 0) passed.add(result.id);
      console.log(row(result));
    },
  });
  const sandbox = names.length === 0 ? await trySandbox() : { refused: 0, tried: 0, shortfalls: [] };
  for (const sentence of [...inAll, ...sandbox.shortfalls]) console.log(`FELL SHORT: ${sentence}`);
  const sum = (classes: readonly { readonly id: string }[]): string =>
    `${classes.filter(({ id }) => passed.has(id)).length}/${classes.length} classes`;
  console.log(
    `files ${sum(files)}, requests ${sum(requests)}, sandbox ${sandbox.refused}/${sandbox.tried} attempts refused`,
  );
  const isComplete = passed.size === files.length + requests.length && sandbox.refused === sandbox.tried;
  process.exitCode = isComplete && inAll.length === 0 ? 0 : 1;
}

function row({ id, what, shortfalls, tookMs }: ClassResult): string {
  const how = shortfalls.length === 0 ? 'held' : 'FELL SHORT';
  const told = shortfalls.slice(0, TOLD).map((sentence) => `\n       ${sentence}`);
  const more = shortfalls.length > TOLD ? `\n       and ${shortfalls.length - TOLD} more` : '';
  return `${id.padEnd(4)} ${how.padEnd(10)} ${what} (${(tookMs / 1000).toFixed(1)} s)${told.join('')}${more}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`hostile: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
