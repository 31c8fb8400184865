/** Files that are no sound at all, whatever they are called. */
import { gzipSync } from 'node:zlib';
import { join, latin1, u8, u16le, u32le, utf8 } from '../craft/bytes.ts';
import { flipped } from '../craft/damage.ts';
import { alike, type FileClass } from './file-class.ts';

/** An archive with one stored file in it (PKWARE, APPNOTE.TXT). */
function zip(name: string, content: Buffer): Buffer {
  const sizes = join(u32le(0), u32le(content.length), u32le(content.length));
  const common = join(u16le(20), u16le(0), u16le(0), u32le(0), sizes, u16le(name.length), u16le(0));
  const local = join('PK\x03\x04', common, name, content);
  const entry = join('PK\x01\x02', u16le(20), common, u16le(0), u16le(0), u16le(0), u32le(0), u32le(0), name);
  const end = join(
    u16le(0),
    u16le(0),
    u16le(1),
    u16le(1),
    u32le(entry.length),
    u32le(local.length),
    u16le(0),
  );
  return join(local, entry, 'PK\x05\x06', end);
}

const noise = (sizeBytes: number): Buffer => flipped(Buffer.alloc(sizeBytes), 11, sizeBytes * 4);

export const notMedia: readonly FileClass[] = [
  {
    id: 'A1',
    what: 'no bytes at all',
    answer: '422 EMPTY_FILE at once; a drop fails with it',
    files: alike(['EMPTY_FILE'], { 'empty.wav': () => Buffer.alloc(0) }),
    quick: true,
  },
  {
    id: 'A2',
    what: 'one byte, noise, text, HTML, PDF, programs, pictures, named as music',
    answer: 'UNRECOGNISED_FORMAT within 2 s',
    files: alike(['UNRECOGNISED_FORMAT'], {
      'byte.mp3': () => u8(0x41),
      'noise.mp3': () => noise(64 * 1024),
      'zeros.flac': () => Buffer.alloc(32 * 1024),
      'text.mp3': () => utf8('Dear listener,\nthis is a letter and no song.\n'.repeat(40)),
      'page.wav': () => utf8('<!DOCTYPE html><html><body><audio src="a.mp3"></audio></body></html>'),
      'paper.m4a': () => latin1('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n'),
      'linux.ogg': () => join('\x7fELF', u8(2), u8(1), Buffer.alloc(120)),
      'windows.mp3': () => join('MZ', Buffer.alloc(58), u32le(64), 'PE\0\0', Buffer.alloc(80)),
      'picture.mp3': () => join('\x89PNG\r\n\x1a\n', u32le(0x0d000000), 'IHDR', Buffer.alloc(64)),
      'drawing.flac': () => utf8('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    }),
    quick: true,
  },
  {
    id: 'A3',
    what: 'archives, a bomb among them',
    answer: 'UNRECOGNISED_FORMAT; never unpacked',
    files: alike(['UNRECOGNISED_FORMAT'], {
      'songs.zip': () => zip('song.mp3', Buffer.alloc(100)),
      '42.mp3': () => zip('lib 0.zip', gzipSync(Buffer.alloc(4 * 1024 ** 2))),
      'song.flac.gz': () => gzipSync(Buffer.alloc(1_000)),
      'songs.tar': () => {
        const header = Buffer.alloc(1_024);
        header.write('song.mp3');
        header.write('ustar\x0000', 257, 'latin1');
        return header;
      },
      'songs.7z': () => join('7z\xbc\xaf\x27\x1c', Buffer.alloc(64)),
      'songs.rar': () => join('Rar!\x1a\x07\x01\x00', Buffer.alloc(64)),
    }),
  },
  {
    id: 'A8',
    what: 'tracker modules, MIDI, game music, Flash, filter graphs as text',
    answer: 'FORMAT_NOT_ALLOWED; text is UNRECOGNISED_FORMAT',
    files: [
      ...alike(['FORMAT_NOT_ALLOWED'], {
        'song.mod': () => join(Buffer.alloc(1_080), 'M.K.', Buffer.alloc(2_048)),
        'song.xm': () => join('Extended Module: x', Buffer.alloc(512)),
        'song.it': () => join('IMPM', Buffer.alloc(512)),
        'song.s3m': () => join(Buffer.alloc(44), 'SCRM', Buffer.alloc(512)),
        'song.mid': () =>
          join('MThd', u32le(0x06000000), u16le(0), u16le(0x0100), u16le(0x6000), Buffer.alloc(64)),
        'song.nsf': () => join('NESM\x1a\x01', Buffer.alloc(256)),
        'film.swf': () => join('FWS\x08', Buffer.alloc(128)),
      }),
      ...alike(['UNRECOGNISED_FORMAT'], {
        'graph.wav': () => utf8('amovie=/etc/passwd,asetnsamples=1\nsine=f=1000[out]\n'),
      }),
    ],
  },
];
