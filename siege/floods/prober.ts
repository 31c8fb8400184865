/** A process of its own that asks for liveness every 50 ms, so that the flood does not slow its clock. `prober.ts URL`. */
import { Agent, get } from 'node:http';

const EVERY_MS = 50;
const [url = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const latencies: number[] = [];

function ask(): void {
  const startedAt = performance.now();
  const note = () => latencies.push(performance.now() - startedAt);
  get(url, { agent }, (answer) => {
    answer.resume();
    answer.once('end', note);
  }).once('error', note);
}

setInterval(ask, EVERY_MS);
process.on('message', () => process.send?.(latencies, () => process.exit(0)));
process.send?.('asking');
