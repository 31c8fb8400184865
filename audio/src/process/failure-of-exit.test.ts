/** Ends of children, in our codes. */
import { expect, test } from 'vitest';
import type { ChildEnd } from './child.ts';
import { type ChildTask, failureOfExit } from './failure-of-exit.ts';

const end = (more: Partial<ChildEnd>): ChildEnd => ({
  exitCode: 1,
  signal: undefined,
  killedFor: undefined,
  stdout: Buffer.alloc(0),
  stderr: '',
  startError: undefined,
  ...more,
});

test.each<[string, Partial<ChildEnd>, ChildTask, string]>([
  [
    'more channels than FFmpeg has',
    { stderr: '[pcm_s16le @ 0x1] Too many channels: 1024' },
    'probe',
    'UNSUPPORTED_CHANNELS',
  ],
  ['none', { stderr: '[au @ 0x1] Invalid number of channels 0' }, 'probe', 'UNSUPPORTED_CHANNELS'],
  [
    'a decoder that did not open, as 7.1 says at its second try',
    { stderr: '[wmapro @ 0x1] Unknown bit depth\n[wmapro @ 0x1] Decoder requires channel layout to be set' },
    'probe',
    'CORRUPT_INPUT',
  ],
  [
    'none, noticed by the decoder',
    { stderr: '[pcm_s16le @ 0x1] Decoder requires channel count but channels not set' },
    'probe',
    'UNSUPPORTED_CHANNELS',
  ],
  ['a file that ends behind its header', { stderr: 'file:in: End of file\n' }, 'probe', 'NO_DECODABLE_AUDIO'],
  [
    'a file whose one frame is cut',
    { stderr: 'Cannot determine format of input stream 0:0 after EOF' },
    'convert',
    'NO_DECODABLE_AUDIO',
  ],
  [
    'a first frame that strictness ends at, in the words of 7.1',
    {
      stderr:
        '[dec:ac3 @ 0x1] Error processing packet in decoder: Invalid data found when processing input\n' +
        '[out#0/wav @ 0x1] Nothing was written into output file, because at least one of its streams received no packets.',
    },
    'convert',
    'CORRUPT_INPUT',
  ],
  [
    'what FFmpeg does not know',
    { stderr: '[au @ 0x1] unknown or unsupported codec tag: 256 is not implemented. Update' },
    'probe',
    'NO_DECODABLE_AUDIO',
  ],
  ['words that nobody knows, of a file', { stderr: 'file:in: Bogus' }, 'probe', 'CORRUPT_INPUT'],
  ['and of a conversion', { stderr: 'file:out.flac: Bogus' }, 'convert', 'CONVERSION_FAILED'],
  ['a program that was not started', { exitCode: 126 }, 'probe', 'CONVERSION_FAILED'],
  ['a header that took all the processor time', { signal: 'SIGXCPU' }, 'probe', 'RESOURCE_LIMIT'],
  ['a conversion that did', { signal: 'SIGXCPU' }, 'convert', 'CONVERSION_TIMEOUT'],
  [
    'a probe that a busy machine did not get done',
    { killedFor: 'total-time' },
    'probe',
    'CONVERSION_TIMEOUT',
  ],
])('%s', (_, how, task, code) => {
  expect(failureOfExit(end(how), task).code).toBe(code);
});
