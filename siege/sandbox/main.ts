/**
 * `npm run sandbox [-- LAUNCHER [PROGRAM]]`: what a decoder that was taken over could do on this machine, as whoever runs
 * this. Launcher and hostile program are built where none is given. `-- --compose`: in a container of the worker's image.
 */
import { parseArgs } from 'node:util';
import { runCommand } from '../command/command.ts';
import { attempts } from './attempts.ts';
import { attemptsInContainer } from './in-container.ts';
import { tableOf } from './table.ts';

await runCommand('sandbox', async (args) => {
  const options = { compose: { type: 'boolean', default: false } } as const;
  const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.compose) {
    console.log(await attemptsInContainer());
    return true;
  }
  const [launcher, program] = positionals;
  const found = await attempts({ uid: process.getuid?.(), launcher, program });
  console.log(tableOf(found));
  return found.attempts.every(({ refused }) => refused);
});
