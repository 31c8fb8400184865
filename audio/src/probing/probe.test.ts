/** Files of every kind, hostile ones too, as the probe sees them. */
import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { refusalOf, SNIFF_BYTES } from '@wavefleet/contracts/sniff.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBench } from '../conversion.testing.ts';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.remove());

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );
const sine = ['-f', 'lavfi', '-i', 'sine=r=44100:d=1'];

/** A WAV header with the given figures and one second of nothing. */
function wav(channels: number, rate: number, dataBytes = 4_096): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * 2) >>> 0, 28);
  header.writeUInt16LE((channels * 2) & 0xffff, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([header, Buffer.alloc(dataBytes)]);
}

const ftyp = (brand: string): Buffer =>
  Buffer.concat([
    Buffer.from('00000010', 'hex'),
    Buffer.from(`ftyp${brand}\0\0\0\0`, 'latin1'),
    Buffer.alloc(64),
  ]);

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('what is not audio', () => {
  test.concurrent.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'EMPTY_FILE'],
    ['one byte', Buffer.from('x'), 'UNRECOGNISED_FORMAT'],
    ['zeros', Buffer.alloc(100_000), 'UNRECOGNISED_FORMAT'],
    ['text', Buffer.from('hello world\n'.repeat(500)), 'UNRECOGNISED_FORMAT'],
    ['html', Buffer.from('<!doctype html><html><body>hi</body></html>'), 'UNRECOGNISED_FORMAT'],
    [
      'svg',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'UNRECOGNISED_FORMAT',
    ],
    ['pdf', Buffer.from(`%PDF-1.7\n${'1 0 obj <<>> endobj\n'.repeat(99)}`), 'UNRECOGNISED_FORMAT'],
    ['png', png, 'UNRECOGNISED_FORMAT'],
    ['gzip', gzipSync(Buffer.alloc(9_999)), 'UNRECOGNISED_FORMAT'],
    ['zip', Buffer.from('504b0304140000000800', 'hex'), 'UNRECOGNISED_FORMAT'],
    ['subtitles', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nhi\n\n'), 'UNRECOGNISED_FORMAT'],
    [
      'hls',
      Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n'),
      'FORMAT_NOT_ALLOWED',
    ],
    ['m3u', Buffer.from('http://169.254.169.254/latest/x.mp3\n'), 'FORMAT_NOT_ALLOWED'],
    ['pls', Buffer.from('[playlist]\nFile1=http://x/y.mp3\n'), 'FORMAT_NOT_ALLOWED'],
    ['ffconcat', Buffer.from("ffconcat version 1.0\nfile 'in'\n"), 'FORMAT_NOT_ALLOWED'],
    ['sdp', Buffer.from('v=0\no=- 0 0 IN IP4 1.2.3.4\nm=audio 5004 RTP/AVP 0\n'), 'FORMAT_NOT_ALLOWED'],
    ['dash', Buffer.from('<?xml version="1.0"?>\n<MPD type="static"></MPD>'), 'FORMAT_NOT_ALLOWED'],
    ['midi', Buffer.from('4d546864000000060000000100604d54726b', 'hex'), 'FORMAT_NOT_ALLOWED'],
    ['aax', Buffer.from('00000018667479706161782000000001', 'hex'), 'DRM_PROTECTED'],
    ['rate 0', wav(2, 0), 'UNSUPPORTED_SAMPLE_RATE'],
    ['rate 999', wav(2, 999), 'UNSUPPORTED_SAMPLE_RATE'],
    ['rate 800,000', wav(2, 800_000), 'UNSUPPORTED_SAMPLE_RATE'],
    ['17 channels', wav(17, 44_100), 'UNSUPPORTED_CHANNELS'],
    ['255 channels', wav(255, 44_100), 'UNSUPPORTED_CHANNELS'],
    ['no channels', wav(0, 44_100), 'UNSUPPORTED_CHANNELS'],
    ['1,024 channels', wav(1_024, 44_100), 'UNSUPPORTED_CHANNELS'],
    ['65,535 channels', wav(65_535, 44_100), 'UNSUPPORTED_CHANNELS'],
    ['an MP4 of which nothing but its beginning is there', ftyp('M4A '), 'CORRUPT_INPUT'],
    ['an Ogg page and no more', Buffer.from('4f67675300020000000000000000', 'hex'), 'NO_DECODABLE_AUDIO'],
    [
      'OpenMG with a key',
      Buffer.concat([Buffer.from('EA3\x02\0\x60\0\x01', 'latin1'), Buffer.alloc(9_000, 90)]),
      'DRM_PROTECTED',
    ],
  ])('%s', async (_, bytes, code) => {
    const started = performance.now();
    expect(await codeOf(bench.probeFile(bytes))).toBe(code);
    expect(performance.now() - started).toBeLessThan(10_000); // 2 s on a quiet machine
  });
});

/** Containers that are read here and written by every FFmpeg, with what they need besides. */
const written = Object.entries({
  ...Object.fromEntries(
    'adts ac3 eac3 aiff asf au avi caf dts flac ipod matroska mov mp2 mp3 mp4 mpegts ogg opus truehd tta vob voc w64 wav webm wv'
      .split(' ')
      .map((muxer) => [muxer, []]),
  ),
  '3gp': ['-c:a', 'aac'],
  flv: ['-ar', '44100'],
  latm: ['-c:a', 'aac'],
  mp3: ['-write_xing', '0', '-id3v2_version', '0'],
});

test.each([
  ['silence', 'anullsrc=r=48000:cl=stereo'],
  ['noise', 'anoisesrc=r=48000'],
  ['a tone', 'sine=r=48000'],
])('no container is refused by how it starts: %s', async (name, source) => {
  // One process writes them all. The encoders of DTS and TrueHD call themselves unfinished.
  const outputs = written.flatMap(([muxer, options]) => [
    ...['-strict', '-2', '-t', '0.5', ...options, '-f', muxer, bench.path(`${name}.${muxer}`)],
  ]);
  await bench.make(`${name}.nut`, ['-f', 'lavfi', '-i', source, ...outputs, '-t', '0.5']);
  const codes = await Promise.all(
    written.map(async ([muxer]) => {
      const file = await readFile(bench.path(`${name}.${muxer}`));
      return [muxer, file.length > 0, refusalOf(file.subarray(0, SNIFF_BYTES))?.code];
    }),
  );
  expect(codes).toEqual(written.map(([muxer]) => [muxer, true, undefined]));
});

test('a video without sound is NO_AUDIO_STREAM', async () => {
  const file = await bench.make('mute.mp4', ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', '-c:v', 'libx264']);
  expect(await codeOf(bench.probeFile(file))).toBe('NO_AUDIO_STREAM');
});

test('an MP4 without its moov box is CORRUPT_INPUT', async () => {
  const whole = await readFile(await bench.make('whole.m4a', [...sine, '-c:a', 'aac']));
  expect(await codeOf(bench.probeFile(whole.subarray(0, whole.length / 2)))).toBe('CORRUPT_INPUT');
});

test('an MP4 whose sample entry is encrypted is DRM_PROTECTED', async () => {
  const file = await bench.make('cenc.m4a', [
    ...[...sine, '-c:a', 'aac', '-encryption_scheme', 'cenc-aes-ctr'],
    ...['-encryption_key', '00112233445566778899aabbccddeeff'],
    ...['-encryption_kid', '00112233445566778899aabbccddeeff', '-f', 'mp4'],
  ]);
  expect((await readFile(file)).includes('sinf') || (await readFile(file)).includes('enca')).toBe(true);
  const bytes = await readFile(file);
  // FFmpeg's own files keep the entry `mp4a` or use `enca`, by version; both have the sinf box.
  expect(await codeOf(bench.probeFile(bytes))).toBe('DRM_PROTECTED');
});

test('65 streams are TOO_MANY_STREAMS', async () => {
  const maps = Array.from({ length: 65 }, () => ['-map', '0:a']).flat();
  const short = ['-f', 'lavfi', '-i', 'sine=r=8000:d=0.1'];
  const file = await bench.make('many.mka', [...short, ...maps, '-c:a', 'pcm_s16le', '-f', 'matroska']);
  expect(await codeOf(bench.probeFile(file))).toBe('TOO_MANY_STREAMS');
});

test('facts of a video: its sound, no cover, and the stream to take', async () => {
  const video = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', ...sine, '-map', '0:v', '-map', '1:a'];
  const file = await bench.make('v.mp4', [
    ...video,
    '-c:v',
    'libx264',
    '-c:a',
    'aac',
    '-metadata',
    'title=T',
  ]);
  expect(await bench.probeFile(file)).toMatchObject({
    facts: {
      container: expect.stringContaining('mp4'),
      codec: 'aac',
      sampleRate: 44_100,
      channels: 1,
      bitDepth: 0,
      streams: 2,
      hasCover: false,
      tags: { title: 'T' },
    },
    audioStream: 1,
    pictureStream: undefined,
  });
});

test('a name says nothing: FLAC content is FLAC, and 24 bits are seen', async () => {
  const file = await bench.make('x.flac', [...sine, '-sample_fmt', 's32', '-c:a', 'flac']);
  expect((await bench.probeFile(file)).facts).toMatchObject({ container: 'flac', bitDepth: 24 });
});

test('a source of nothing but a header has no sound: the conversion says so', async () => {
  const file = bench.path('empty.wav');
  await writeFile(file, wav(2, 44_100, 0));
  expect(await codeOf(bench.convert(file, 'mp3'))).toBe('NO_DECODABLE_AUDIO');
});

test('megabytes of tags cost the tags, not the job', async () => {
  const big = 'x'.repeat(3_000_000);
  await writeFile(bench.path('big.txt'), `;FFMETADATA1\na=${big}\nb=${big}\nc=${big}\ntitle=T\n`);
  const file = await bench.make('big.flac', [...sine, '-i', bench.path('big.txt'), '-map_metadata', '1']);
  expect((await bench.probeFile(file)).facts.tags).toEqual({});
});

test.each([
  ['x.wav', 0.05, 0.05],
  ['x.mp3', 0.14, 0.15],
  ['x.aac', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('the declared duration of %s is off by at most so much', async (name, low, high) => {
  const { durationSlackSeconds } = await bench.probeFile(await bench.make(name, sine));
  expect(durationSlackSeconds).toBeGreaterThanOrEqual(low);
  expect(durationSlackSeconds).toBeLessThanOrEqual(high);
});
