/** Real sound in clothes of others, films, and files without sound. */

import { box, renamed } from '../craft/boxes.ts';
import { join, u16be, u32be } from '../craft/bytes.ts';
import { seedNames } from '../craft/seeds.ts';
import { alike, type FileClass } from './file-class.ts';

/** An object of ASF that says the file is encrypted, in place of one that nobody needs. */
const asfEncryption = join(
  Buffer.from('fbb3112223bdd211b4b700a0c955fc6e', 'hex'),
  u32be(0x20000000),
  u32be(0),
  Buffer.alloc(8),
);

/** Sony's header with the number of a key. */
const atrac = (key: number): Buffer => {
  const header = join('EA3', Buffer.of(2, 0, 96), u16be(key), Buffer.alloc(88));
  return join(
    'ea3',
    Buffer.of(3, 0, 0, 0, 0, 0x17, 0x76),
    Buffer.alloc(3062),
    header,
    Buffer.alloc(8_192, 0x5a),
  );
};

export const containers: readonly FileClass[] = [
  {
    id: 'A4',
    what: 'sound under the name or type of something else',
    answer: 'completed: the content decides',
    files: [
      { name: 'song.mp3', make: (seeds) => seeds('flac.flac'), answers: ['completed'] },
      { name: 'song.wav', make: (seeds) => seeds('mp3.mp3'), answers: ['completed'] },
      { name: 'song', make: (seeds) => seeds('vorbis.ogg'), answers: ['completed'] },
      {
        name: 'song.exe',
        make: (seeds) => seeds('aac.m4a'),
        answers: ['completed'],
        contentType: 'image/png',
      },
    ],
    quick: true,
  },
  {
    id: 'A9',
    what: 'every container that is accepted, films among them',
    answer: 'completed, the sound alone',
    files: seedNames
      .filter((name) => !name.startsWith('silent'))
      .map((name) => ({
        name,
        make: (seeds) => seeds(name),
        answers: ['completed !INPUT_TRUNCATED !DECODE_ERRORS'],
      })),
  },
  {
    id: 'A10',
    what: 'pictures that move, without sound',
    answer: 'NO_AUDIO_STREAM',
    files: alike(['NO_AUDIO_STREAM'], {
      'silent.mp4': (seeds) => seeds('silent.mp4'),
      'silent.avi': (seeds) => seeds('silent.avi'),
    }),
  },
  {
    id: 'A21',
    what: 'copy protection: CENC, FairPlay, Audible, Windows Media, OpenMG',
    answer: 'DRM_PROTECTED; nothing is decrypted',
    files: alike(['DRM_PROTECTED'], {
      'cenc.m4a': (seeds) => renamed(seeds('aac.m4a'), 'mp4a', 'enca'),
      'bought.m4p': (seeds) => renamed(seeds('aac.m4a'), 'mp4a', 'drms'),
      'book.aax': (seeds) =>
        join(box('ftyp', 'aax ', u32be(1), 'aax M4B mp42isom'), seeds('aac.m4a').subarray(28)),
      'bought.wma': (seeds) => {
        const file = Buffer.from(seeds('wma.wma'));
        asfEncryption.copy(file, 30);
        return file;
      },
      'bought.oma': () => atrac(1),
    }),
  },
];
