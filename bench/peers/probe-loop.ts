/**
 * A worker as transcoders with a shared disk have it, svt/encore for one: probe, convert, probe what came out. No queue and
 * no S3: orders come over IPC, and files lie where ffmpeg reads and writes them.
 */
import { execa } from 'execa';
import { z } from 'zod';
import { type Order, orderSchema, slotsSchema } from './orders.ts';

const probed = z.object({ format: z.object({ duration: z.coerce.number().positive() }) });

async function secondsOf(path: string): Promise<number> {
  const { stdout } = await execa('ffprobe', [
    '-v',
    'error',
    '-of',
    'json',
    '-show_format',
    '-show_streams',
    path,
  ]);
  return probed.parse(JSON.parse(stdout)).format.duration;
}

async function convert({ input, output }: Order): Promise<void> {
  const seconds = await secondsOf(input);
  await execa('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-i',
    input,
    '-c:a',
    'libmp3lame',
    '-b:a',
    '192k',
    output,
  ]);
  if (Math.abs((await secondsOf(output)) - seconds) > 1) throw new Error(`${output} has another length`);
  process.send?.({ done: output });
}

const waiting: Order[] = [];
let free = slotsSchema.parse(process.env.SLOTS);
function next(): void {
  while (free > 0) {
    const order = waiting.shift();
    if (order === undefined) return;
    free -= 1;
    // What fails ends the loop, and with it the bench.
    void convert(order).then(() => {
      free += 1;
      next();
    });
  }
}
process.on('message', (message) => {
  waiting.push(...z.array(orderSchema).parse(message));
  next();
});
process.send?.({ ready: true });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
