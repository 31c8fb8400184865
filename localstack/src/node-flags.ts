/** How Node runs each program of the fleet, here and in its image: by what was measured, not by V8's defaults. */

/** A heap of 128 MB is three times what any of them needs; the rest keeps V8 from growing for speed. */
const small = ['--max-old-space-size=128', '--optimize-for-size', '--max-lazy'];

/** For `platform/src/litter.ts`. */
const collectable = '--expose-gc';

/**
 * For processes that mostly move bytes: a small young generation, and V8's baseline compiler without the optimizing ones.
 * It keeps Node at 84 to 90 MB for files of 1 MB to 5 GiB, from its bundle (from the sources it takes more), and costs processor
 * time in JavaScript alone; nearly all of a conversion's is spent in FFmpeg (`npm run bench -- memory tiny`).
 */
export const frugalNode = [
  ...small,
  '--max-semi-space-size=1',
  '--no-maglev',
  '--no-opt',
  // Its compiler thread may wait for a collection that a process in `process.exit` never makes (nodejs/node#54918).
  '--no-concurrent-sparkplug',
  // Each buffer of a transfer brings the next collection nearer, and the threads that mark beside it took four times what
  // the transfer itself does: 300 MB with a heap of 50 MB, 4.6 against 1.0 CPU seconds.
  '--single-threaded-gc',
  // Step by step V8 begins before its limit is met: 12 and 14 looks at the whole heap for 16 jobs of 21 MB. In one go 6 to 8,
  // of some 30 ms each.
  '--no-incremental-marking',
  collectable,
];

/**
 * For the API, which computes: measured in turns with the flags above, 1,500 jobs each, an accepted one takes 5 to 5.6 CPU-ms
 * in place of 9 to 9.3, and the slowest of a hundred 105 ms in place of 155 (`npm run bench -- api memory`).
 */
export const servingNode = [
  ...small,
  '--max-semi-space-size=2',
  // Maglev alone. With TurboFan as well a job takes as long, and the process 4 to 9 MB more.
  '--no-opt',
  // No compiler thread: as above, and Maglev's own crashes now and then where cores are short (nodejs/node#64841).
  '--single-threaded',
  // What is allocated while V8 marks step by step counts as alive: 88 MB of heap before each collection, and 49 after
  // it, 37 when nothing was asked. In one go it takes the 60 ms that the last step took.
  '--no-incremental-marking',
  collectable,
];
