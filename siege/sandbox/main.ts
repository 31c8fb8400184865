/** `npm run sandbox`: what a decoder that was taken over could do on this machine, as whoever runs this. */
import { attempts } from './attempts.ts';
import { tableOf } from './table.ts';

const launcher = process.argv[2];
const found = await attempts({
  uid: process.getuid?.(),
  ...(launcher === undefined ? {} : { launcher }),
});
console.log(tableOf(found));
process.exitCode = found.attempts.every(({ refused }) => refused) ? 0 : 1;
