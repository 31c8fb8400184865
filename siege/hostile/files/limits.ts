/** Files that would cost too much. */
import { MAX_SECONDS } from '../caps.ts';
import { join, many, u8, u16be, u16le, u32be, u32le } from '../craft/bytes.ts';
import { element, withElements } from '../craft/ebml.ts';
import { page, pagesOf } from '../craft/ogg.ts';
import { aiff, au, wav } from '../craft/pcm.ts';
import { alike, type FileClass } from './file-class.ts';

/** Silence in Opus: packets of 60 ms of three bytes, 255 to a page. A kilobyte is a quarter of a minute. */
function silentOpus(seconds: number): Buffer {
  const head = join('OpusHead', u8(1), u8(1), u16le(0), u32le(48_000), u16le(0), u8(0));
  const tags = join('OpusTags', u32le(7), 'hostile', u32le(0));
  const packet = Buffer.of(0x18, 0xff, 0xfe);
  const body = Buffer.concat(Array<Buffer>(255).fill(packet));
  const pages = [pagesOf(head, 0, 2), pagesOf(tags, 1)];
  const samples = 255 * 2_880;
  for (let index = 0; (index * samples) / 48_000 < seconds; index += 1) {
    const isLast = ((index + 1) * samples) / 48_000 >= seconds;
    pages.push(
      page({
        flags: isLast ? 4 : 0,
        granule: BigInt((index + 1) * samples),
        sequence: 2 + index,
        lacing: Array<number>(255).fill(3),
        body,
      }),
    );
  }
  return Buffer.concat(pages);
}

/** A Matroska that says it has so many tracks. */
function manyTracks(film: Buffer, count: number): Buffer {
  const track = (index: number): Buffer =>
    element(
      'ae',
      element('d7', u16be(index + 10)),
      element('73c5', u16be(index + 10)),
      element('83', u8(2)),
      element('86', 'A_PCM/INT/LIT'),
      element('e1', element('9f', u8(1)), element('6264', u8(16))),
    );
  return withElements(film, element('1654ae6b', many(count, track)));
}

const chapters = (count: number): Buffer => {
  const atom = (index: number): Buffer =>
    element(
      'b6',
      element('73c4', u32be(index + 1)),
      element('91', u32be(index)),
      element('92', u32be(index + 1)),
    );
  return element('1043a770', element('45b9', many(count, atom)));
};

const attachments = (count: number): Buffer => {
  const file = (index: number): Buffer =>
    element(
      '61a7',
      element('466e', `f${index}`),
      element('4660', 'font/ttf'),
      element('465c', u8(1)),
      element('46ae', u32be(index + 1)),
    );
  return element('1941a469', many(count, file));
};

/** An MPEG transport stream whose table names so many programs. */
function manyPrograms(count: number): Buffer {
  const packets: Buffer[] = [];
  for (let first = 0; first < count; first += 40) {
    const programs = Array.from({ length: Math.min(40, count - first) }, (_, index) =>
      join(u16be(first + index + 1), u16be(0xe000 | (0x100 + ((first + index) % 0x1000)))),
    );
    const length = 9 + programs.length * 4;
    const table = join(
      u8(0),
      u16be(0xb000 | length),
      u16be(1),
      u8(0xc1),
      u8(0),
      u8(0),
      ...programs,
      u32be(0),
    );
    const header = join(u8(0x47), u16be(0x4000), u8(0x10), u8(0));
    packets.push(join(header, table, Buffer.alloc(188 - header.length - table.length, 0xff)));
  }
  return Buffer.concat([...packets, ...packets, ...packets]);
}

export const limits: readonly FileClass[] = [
  {
    id: 'A16',
    what: 'bombs: ten hours of silence, a chain of links, a length that nobody declares',
    answer: 'INPUT_TOO_LONG: refused by a header that can be true, else by the time that was decoded',
    files: alike(['INPUT_TOO_LONG'], {
      'ten-hours.opus': () => silentOpus(36_000),
      'just-over.opus': () => silentOpus(MAX_SECONDS + 5),
      'undeclared.opus': () => {
        const file = silentOpus(2 * MAX_SECONDS);
        return file.subarray(0, file.length - 100); // the last page tells the length
      },
      'chain.ogg': (seeds) => Buffer.concat(Array<Buffer>(MAX_SECONDS / 2 + 20).fill(seeds('vorbis.ogg'))),
    }),
    slow: true,
  },
  {
    id: 'A17',
    what: 'sample rates of 0, 1, 999 and 4,294,967,295 Hz',
    answer: 'UNSUPPORTED_SAMPLE_RATE',
    files: alike(
      ['UNSUPPORTED_SAMPLE_RATE'],
      Object.fromEntries(
        [0, 1, 999, 4_294_967_295].flatMap((rate) => [
          [`${rate}.wav`, () => wav({ sampleRate: rate })],
          [`${rate}.au`, () => au(rate, 1)],
        ]),
      ),
    ),
    quick: true,
  },
  {
    id: 'A18',
    what: '0, 17, 255, 1,024 and 65,535 channels',
    answer: 'UNSUPPORTED_CHANNELS; an AIFF that FFmpeg cannot open for it is CORRUPT_INPUT',
    files: [
      ...alike(
        ['UNSUPPORTED_CHANNELS'],
        Object.fromEntries(
          [0, 17, 255, 1_024, 65_535].flatMap((channels) => [
            [`${channels}.wav`, () => wav({ channels })],
            [`${channels}.au`, () => au(44_100, channels)],
          ]),
        ),
      ),
      ...alike(['UNSUPPORTED_CHANNELS', 'CORRUPT_INPUT', 'NO_DECODABLE_AUDIO'], {
        '0.aiff': () => aiff(0),
        '1024.aiff': () => aiff(1_024),
      }),
    ],
    quick: true,
  },
  {
    id: 'A19',
    what: '1,000 tracks or programs; 1,000 and 100,000 chapters or attachments',
    answer: 'TOO_MANY_STREAMS, TOO_MANY_PARTS; 1,000 chapters are completed, as books have them',
    files: [
      ...alike(['TOO_MANY_STREAMS'], {
        'tracks.mkv': (seeds) => manyTracks(seeds('mka.mka'), 1_000),
        'fonts.mkv': (seeds) => withElements(seeds('mka.mka'), attachments(1_000)),
      }),
      ...alike(['TOO_MANY_PARTS'], {
        'chapters.mka': (seeds) => withElements(seeds('mka.mka'), chapters(100_000)),
        'attachments.mka': (seeds) => withElements(seeds('mka.mka'), attachments(100_000)),
      }),
      {
        name: 'book.mka',
        make: (seeds) => withElements(seeds('mka.mka'), chapters(1_000)),
        answers: ['completed'],
      },
      {
        name: 'programs.ts',
        make: (seeds) => join(manyPrograms(1_000), seeds('ts.ts')),
        answers: [
          'TOO_MANY_STREAMS',
          'completed',
          'NO_AUDIO_STREAM',
          'UNRECOGNISED_FORMAT',
          'NO_DECODABLE_AUDIO',
        ],
      },
    ],
  },
];
