/** Files that were whole once, and headers that lie. */

import { box, renamed, typeAt } from '../craft/boxes.ts';
import { join } from '../craft/bytes.ts';
import { cut, flipped } from '../craft/damage.ts';
import { flac, framesOf, infoOf, streamInfo, withSamples } from '../craft/flac.ts';
import { id3, text } from '../craft/id3.ts';
import { pageStarts } from '../craft/ogg.ts';
import { wav } from '../craft/pcm.ts';
import type { SeedName } from '../craft/seeds.ts';
import { alike, type FileClass, type HostileFile } from './file-class.ts';

const shares = [0.1, 0.5, 0.99] as const;
const TRUNCATED = 'completed INPUT_TRUNCATED';
/** Which of them say how long they are: of the others nobody can tell that something is missing. */
const cutFiles: readonly (readonly [SeedName, answers: readonly string[]])[] = [
  ['wav.wav', [TRUNCATED]],
  ['aiff.aiff', [TRUNCATED]],
  // A tenth is its tags and padding.
  ['flac.flac', [TRUNCATED, 'NO_DECODABLE_AUDIO']],
  ['front.m4a', [TRUNCATED]],
  ['wv.wv', [TRUNCATED, 'NO_DECODABLE_AUDIO']],
  ['vorbis.ogg', ['completed', 'NO_DECODABLE_AUDIO']],
  ['opus.opus', ['completed', 'NO_DECODABLE_AUDIO']],
  ['mp3.mp3', [TRUNCATED, 'completed']],
  ['mka.mka', [TRUNCATED, 'completed']],
  ['wma.wma', [TRUNCATED, 'completed', 'NO_DECODABLE_AUDIO']],
  ['film.avi', ['completed', 'CORRUPT_INPUT']],
  ['ts.ts', ['completed']],
];

const truncated: HostileFile[] = cutFiles.flatMap(([name, answers]) =>
  shares.map((share) => ({
    name: `${share * 100}%-${name}`,
    make: (seeds) => cut(seeds(name), share),
    answers,
  })),
);

/** Beyond the boxes, so that the index says what is no longer there. */
const strict: HostileFile[] = (['flac.flac', 'wav.wav', 'front.m4a'] as const).map((name) => ({
  name: `strict-${name}`,
  make: (seeds) => cut(seeds(name), 0.5),
  answers: ['CORRUPT_INPUT'],
  options: { strict: true },
}));

/** The first pages of an Ogg file: all that is no sound. */
const oggHeaders = (file: Buffer, pages: number): Buffer =>
  file.subarray(0, pageStarts(file)[pages] ?? file.length);

const mvhd = (file: Buffer): Buffer => {
  const copy = Buffer.from(file);
  const at = typeAt(copy, 'mvhd');
  copy.writeUInt32BE(0xfffffff0, at + 20); // the duration of version 0
  return copy;
};

export const damage: readonly FileClass[] = [
  {
    id: 'A12',
    what: 'cut at 10, 50 and 99 %',
    answer: 'completed with INPUT_TRUNCATED where the file says how long it was; strict: CORRUPT_INPUT',
    files: [...truncated, ...strict],
  },
  {
    id: 'A13',
    what: 'headers that promise 4 GB, 39 hours or nothing',
    answer: 'completed, by what is there',
    files: [
      ...alike(['completed'], {
        '4gb.wav': () => wav({ declaredBytes: 0xffffffff }),
        '2gb.wav': () => wav({ declaredBytes: 0x7fffffff }),
        'nothing.wav': () => wav({ declaredBytes: 0 }),
        '39h.flac': (seeds) => {
          const file = seeds('flac.flac');
          return flac(withSamples(infoOf(file), 44_100 * 143_000), [], framesOf(file));
        },
        'unknown.flac': (seeds) => {
          const file = seeds('flac.flac');
          return flac(withSamples(infoOf(file), 0), [], framesOf(file));
        },
        'mvhd.m4a': (seeds) => mvhd(seeds('aac.m4a')),
      }),
    ],
    quick: true,
  },
  {
    id: 'A14',
    what: 'headers and tags, and no sound behind them',
    answer: 'NO_DECODABLE_AUDIO',
    files: alike(['NO_DECODABLE_AUDIO'], {
      'header.flac': (seeds) => flac(infoOf(seeds('flac.flac')), [], Buffer.alloc(0)),
      'header-unknown.flac': () => flac(streamInfo({}), [], Buffer.alloc(0)),
      'header.wav': () => wav({ frames: 0 }),
      'header.ogg': (seeds) => oggHeaders(seeds('vorbis.ogg'), 2),
      'header.opus': (seeds) => oggHeaders(seeds('opus.opus'), 2),
      'tags.mp3': () => id3(text('TIT2', 'nothing but a title')),
    }),
    quick: true,
  },
  {
    id: 'A15',
    what: 'some frames broken, most broken, no index',
    answer: 'completed with DECODE_ERRORS; CORRUPT_INPUT',
    files: [
      ...alike(['completed DECODE_ERRORS', TRUNCATED], {
        'scratched.flac': (seeds) => flipped(seeds('flac.flac'), 3, 12, 9_000),
        'scratched.mp3': (seeds) => flipped(seeds('mp3.mp3'), 4, 40, 3_000),
      }),
      ...alike(['CORRUPT_INPUT', 'completed DECODE_ERRORS', TRUNCATED, 'NO_DECODABLE_AUDIO'], {
        'torn.flac': (seeds) => flipped(seeds('flac.flac'), 5, 60_000, 4_000),
        'torn.m4a': (seeds) => flipped(seeds('front.m4a'), 6, 60_000, 4_000),
      }),
      ...alike(['CORRUPT_INPUT'], {
        'no-index.m4a': (seeds) => {
          const file = seeds('aac.m4a');
          return file.subarray(0, typeAt(file, 'moov') - 4);
        },
        'no-index.mp4': (seeds) => renamed(seeds('film.mp4'), 'moov', 'xoov'),
        'almost.m4a': (seeds) => cut(seeds('aac.m4a'), 0.99),
        'boxes.m4a': () => join(box('ftyp', 'M4A ', Buffer.alloc(4)), box('mdat', Buffer.alloc(4_000, 7))),
      }),
    ],
    slow: true,
  },
];
