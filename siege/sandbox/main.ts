/** `npm run sandbox [-- LAUNCHER]`: what a decoder that was taken over could do on this machine, as whoever runs this. */
import { runCommand } from '../command/command.ts';
import { attempts } from './attempts.ts';
import { tableOf } from './table.ts';

await runCommand('sandbox', async ([launcher]) => {
  const found = await attempts({
    uid: process.getuid?.(),
    ...(launcher === undefined ? {} : { launcher }),
  });
  console.log(tableOf(found));
  return found.attempts.every(({ refused }) => refused);
});
