/**
 * A process of its own that asks each of some addresses every 20 ms, one after the other, so that the flood does not slow
 * its clock. `prober.ts URL…`; answers how long each took, by address.
 */
import { Agent, get } from 'node:http';

const EVERY_MS = 20;
const urls = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const latencies: number[][] = urls.map(() => []);

function ask(url: string, into: number[]): void {
  const startedAt = performance.now();
  const note = () => into.push(performance.now() - startedAt);
  get(url, { agent }, (answer) => {
    answer.resume();
    answer.once('end', note);
  }).once('error', note);
}

let turn = 0;
setInterval(() => {
  const which = turn++ % urls.length;
  const [url, into] = [urls[which], latencies[which]];
  if (url !== undefined && into !== undefined) ask(url, into);
}, EVERY_MS / urls.length);
process.on('message', () => process.send?.(latencies, () => process.exit(0)));
process.send?.('asking');
