/** What the page can say about a file before anybody has looked into it. */
import { expect, test } from 'vitest';
import { flacFacts, wavFacts } from './file-facts.ts';

function view(parts: (string | number[])[]): DataView {
  const bytes = parts.flatMap((part) =>
    typeof part === 'string' ? [...new TextEncoder().encode(part)] : part,
  );
  return new DataView(new Uint8Array(bytes).buffer);
}
const u32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const u16 = (value: number) => u32(value).slice(0, 2);

const fmt = ['fmt ', u32(16), u16(1), u16(2), u32(48_000), u32(192_000), u16(4), u16(16)];

test('reads length, rate and depth of a WAV, past chunks that it does not know', () => {
  const header = view(['RIFF', u32(0), 'WAVE', 'JUNK', u32(3), [0, 0, 0, 0], ...fmt, 'data', u32(384_000)]);
  expect(wavFacts(header, 384_100)).toEqual({
    durationSeconds: 2,
    sampleRate: 48_000,
    channels: 2,
    bitDepth: 16,
    certain: true,
  });
});

test('a WAV whose header says less than the file holds may last longer', () => {
  const header = view(['RIFF', u32(0), 'WAVE', ...fmt, 'data', u32(192_000)]);
  expect(wavFacts(header, 44 + 5 * 192_000)).toMatchObject({ durationSeconds: 1, longestSeconds: 5 });
});

test('a WAV that was streamed says no size: the file does', () => {
  const header = view(['RIFF', u32(0), 'WAVE', ...fmt, 'data', u32(0xffffffff)]);
  expect(wavFacts(header, 44 + 192_000)?.durationSeconds).toBe(1);
});

test('reads the STREAMINFO of a FLAC', () => {
  // 44,100 Hz, 2 channels, 24 bit, 441,000 samples: 20, 3, 5 and 36 bits side by side.
  const packed = (44_100 << 12) | (1 << 9) | (23 << 4);
  const head = ['fLaC', [0, 0, 0, 34], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]];
  const facts = flacFacts(view([...head, u32(packed).reverse(), u32(441_000).reverse()]));
  expect(facts).toEqual({
    durationSeconds: 10,
    sampleRate: 44_100,
    channels: 2,
    bitDepth: 24,
    certain: true,
  });
});

test('leaves everything else alone', () => {
  expect(wavFacts(view(['RIFF', u32(0), 'AVI ']), 100)).toBeUndefined();
  expect(wavFacts(view(['RIFF', u32(0), 'WAVE', 'data', u32(5)]), 100)).toBeUndefined();
  expect(flacFacts(view(['ID3']))).toBeUndefined();
});
