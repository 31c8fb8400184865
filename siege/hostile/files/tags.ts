/** Tags and pictures: text and bytes of strangers that are written again. */
import { deflateSync } from 'node:zlib';
import { join, latin1, many, u32be, u32le } from '../craft/bytes.ts';
import { comments, flac, framesOf, infoOf, manyComments, pictureBlock } from '../craft/flac.ts';
import { id3, namedText, picture, text } from '../craft/id3.ts';
import type { Seeds } from '../craft/seeds.ts';
import { alike, type FileClass } from './file-class.ts';

const tagged = (seeds: Seeds, texts: readonly string[]): Buffer =>
  flac(infoOf(seeds('flac.flac')), [[4, comments(texts)]], framesOf(seeds('flac.flac')));
const withBlock = (seeds: Seeds, type: number, body: Buffer): Buffer =>
  flac(infoOf(seeds('flac.flac')), [[type, body]], framesOf(seeds('flac.flac')));

/** A PNG whose header says how large it is; its pixels are zeros. */
function png(side: number): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => join(u32be(body.length), type, body, u32be(0));
  const header = join(u32be(side), u32be(side), Buffer.of(8, 2, 0, 0, 0));
  const pixels = deflateSync(Buffer.alloc(Math.min(side * side * 3, 8_000_000)));
  return join(
    '\x89PNG\r\n\x1a\n',
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  );
}

const jpeg = (sizeBytes: number): Buffer =>
  join('\xff\xd8\xff\xc0', Buffer.of(0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0), Buffer.alloc(sizeBytes));

/** Names that mean something to JavaScript, and one that means something to us. */
const specialNames = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

/** Texts that NUL parts into 32,000 values each. */
const manyValues = (count: number): Buffer => many(count, () => text('TPE1', 'a\0'.repeat(32_000)));

export const tagClasses: readonly FileClass[] = [
  {
    id: 'A11',
    what: 'covers: one of 12,000² pixels, one of 50 MB, one that is an address, one that is none',
    answer: 'completed; the picture is carried or dropped, never decoded, and no damage of the sound',
    files: alike(['completed !DECODE_ERRORS'], {
      'pixels.flac': (seeds) => withBlock(seeds, 6, pictureBlock('image/png', png(12_000))),
      'large.mp3': (seeds) => join(id3(picture('image/jpeg', jpeg(50 * 1024 ** 2))), seeds('mp3.mp3')),
      'address.mp3': (seeds) =>
        join(id3(picture('-->', latin1('http://127.0.0.1:9/a.png'))), seeds('mp3.mp3')),
      'address.flac': (seeds) => withBlock(seeds, 6, pictureBlock('-->', latin1('http://127.0.0.1:9/a.png'))),
      'broken.flac': (seeds) => withBlock(seeds, 6, pictureBlock('image/png', Buffer.alloc(500, 1))),
    }),
  },
  {
    id: 'A20',
    what: 'tags: 16 MB, names that programs use themselves, NUL, line ends, options, markup, writing from the right; 100,000',
    answer: 'completed, as data; more than 10,000 are TOO_MANY_PARTS',
    files: [
      ...alike(['completed !DECODE_ERRORS'], {
        'names.flac': (seeds) =>
          tagged(
            seeds,
            specialNames.map((name) => `${name}=${name}`),
          ),
        'names.mp3': (seeds) =>
          join(id3(...specialNames.map((name) => namedText(name, 'x'))), seeds('mp3.mp3')),
        'large.mp3': (seeds) => join(id3(text('COMM', 'x'.repeat(16 * 1024 ** 2 - 64))), seeds('mp3.mp3')),
        'long.flac': (seeds) => tagged(seeds, [`DESCRIPTION=${'ü'.repeat(2_000_000)}`]),
        'text.flac': (seeds) =>
          tagged(seeds, [
            ...[
              'TITLE=a\0b',
              'ARTIST=a\r\nX-Injected: 1',
              'ALBUM=-i /etc/passwd',
              'GENRE=<script>alert(1)</script>',
            ],
            ...[
              'COMMENT=\u202efdp.exe',
              'LYRICS=\u001b[2J\u0007',
              'MOOD=%s%n%x',
              'X=;#=\\\n[CHAPTER]\nSTART=0',
              '=empty',
            ],
          ]),
        'latin1.mp3': (seeds) => join(id3(text('TIT2', 'Bj\xf6rk \xff\xfe')), seeds('mp3.mp3')),
        'few-thousand.flac': (seeds) => withBlock(seeds, 4, manyComments(5_000)),
        // A value is two bytes: hundreds of thousands are in a few of the texts.
        'values.mp3': (seeds) => join(id3(manyValues(150)), seeds('mp3.mp3')),
        'values.wav': (seeds) => {
          const tag = id3(manyValues(20));
          return join(seeds('wav.wav'), 'ID3 ', u32le(tag.length), tag);
        },
      }),
      ...alike(['TOO_MANY_PARTS'], {
        '100k.flac': (seeds) => withBlock(seeds, 4, manyComments(100_000)),
        '100k.mp3': (seeds) =>
          join(id3(many(100_000, (index) => namedText(`k${index}`, 'v'))), seeds('mp3.mp3')),
      }),
      {
        name: 'claims.flac',
        make: (seeds) => withBlock(seeds, 4, comments(['TITLE=one of four billion'], 0xffffffff)),
        answers: ['completed'],
      },
    ],
    quick: true,
  },
];
