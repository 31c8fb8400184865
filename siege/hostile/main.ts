/** `npm run hostile [-- ID… --list --table --dir PATH --out FILE --abreast N]`: sends what nobody should send, and sees what is answered. */
import { parseArgs } from 'node:util';
import { ensurePage } from '@wavefleet/localstack/page-build.ts';
import { requirePrograms } from '@wavefleet/localstack/programs.ts';
import { chosenOf, numberOf, runCommand } from '../command/command.ts';
import { inSeconds, verdictLine } from '../command/verdict-line.ts';
import { tryFolder } from './dir/main.ts';
import { fileClasses } from './files/all.ts';
import { requestClasses } from './requests/all.ts';
import { trySandbox } from './run/sandbox.ts';
import { untraceable } from './run/trace.ts';
import { tryClasses } from './run/try-all.ts';
import { tableOf } from './table.ts';

const ID_WIDTH = 4;

async function hostile(args: readonly string[], interrupted: AbortSignal): Promise<boolean> {
  const { values, positionals } = parseArgs({
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
    for (const { id, what } of all) console.log(`${id.padEnd(ID_WIDTH)} ${what}`);
    return true;
  }
  if (values.table) {
    console.log(`${tableOf('files', fileClasses)}\n\n${tableOf('requests', requestClasses)}`);
    return true;
  }
  if (values.dir !== undefined) {
    const abreast = numberOf(values.abreast, 'abreast', undefined);
    requirePrograms();
    const { dir: folder, out = 'hostile.jsonl' } = values;
    return await tryFolder({ folder, out, abreast }, interrupted);
  }
  const ids = new Set(chosenOf(all, positionals, 'class').map(({ id }) => id));
  requirePrograms();
  // The page's cookie is one of the classes.
  await ensurePage();
  return await tryThem(ids, positionals.length === 0, interrupted);
}

async function tryThem(
  ids: ReadonlySet<string>,
  isWhole: boolean,
  interrupted: AbortSignal,
): Promise<boolean> {
  const chosen = ({ id }: { readonly id: string }): boolean => ids.has(id);
  const [files, requests] = [fileClasses.filter(chosen), requestClasses.filter(chosen)];
  const passed = new Set<string>();
  const untraced = untraceable();
  if (untraced !== undefined) console.log(`FFmpeg's opens and sockets are not watched: ${untraced}`);
  const inAll = await tryClasses({
    files,
    requests,
    signal: interrupted,
    onResult: (result) => {
      if (result.shortfalls.length === 0) passed.add(result.id);
      const { tookMs, ...verdict } = result;
      console.log(verdictLine({ ...verdict, held: 'held', figures: inSeconds(tookMs) }, ID_WIDTH));
    },
  });
  const sandbox = isWhole ? await trySandbox() : { refused: 0, tried: 0, shortfalls: [] };
  for (const sentence of [...inAll, ...sandbox.shortfalls]) console.log(`FELL SHORT: ${sentence}`);
  const sum = (classes: readonly { readonly id: string }[]): string =>
    `${classes.filter(({ id }) => passed.has(id)).length}/${classes.length} classes`;
  console.log(
    `files ${sum(files)}, requests ${sum(requests)}, sandbox ${sandbox.refused}/${sandbox.tried} attempts refused`,
  );
  const isComplete = passed.size === files.length + requests.length && sandbox.refused === sandbox.tried;
  return isComplete && inAll.length === 0;
}

await runCommand('hostile', hostile);
