/** What is refused by its start, and what must never be. Files that FFmpeg writes are looked at beside the probe. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inputFormats } from './input-formats.ts';
import { refusalOf } from './sniff.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const at = (place: number, magic: string, length = 4_096) => {
  const bytes = Buffer.alloc(length);
  bytes.write(magic, place, 'latin1');
  return bytes;
};
const utf16 = (text: string) => Buffer.concat([latin1('\xff\xfe'), Buffer.from(text, 'utf16le')]);
const windowsProgram = () => {
  const bytes = at(0, 'MZ');
  bytes.writeUInt16LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  return bytes;
};
const bitmap = () => {
  const bytes = at(0, 'BM');
  bytes.writeUInt32LE(4_096, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  return bytes;
};

describe('refused, with what it is', () => {
  test.each<[string, Uint8Array]>([
    ['text', latin1('x')],
    ['text', latin1('hello world\n'.repeat(500))],
    ['text', Buffer.from('Grüße, 你好, привет 🎵\n'.repeat(300))],
    ['text', latin1('Gr\xfc\xdfe aus M\xfcnchen, sch\xf6n \x96 wirklich.\r\n'.repeat(40))],
    ['text', utf16('Ein Brief aus dem Editor von Windows.\r\n'.repeat(60))],
    ['text', latin1('{"not":"audio"}')],
    ['text', latin1('a;b;c\n1;2;3\n')],
    ['text', latin1('#!/bin/sh\nrm -rf /\n')],
    ['text', latin1('1\n00:00:01,000 --> 00:00:02,000\nhi\n\n')],
    ['a web page or XML', latin1('<!doctype html><html><body>hi</body></html>')],
    ['a web page or XML', latin1('\n  <?xml version="1.0"?><a/>')],
    ['a web page or XML', latin1('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a PDF or PostScript document', at(0, '%PDF-1.7\n%\xe2\xe3\xcf\xd3')],
    ['an Office document', at(0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
    ['an archive, or an Office document, which is one', at(0, 'PK\x03\x04\x14\0')],
    ['an archive, or an Office document, which is one', gzipSync(Buffer.alloc(9_999))],
    ['an archive, or an Office document, which is one', at(257, 'ustar\x0000')],
    ['an archive, or an Office document, which is one', at(0, 'BZh91AY&SY')],
    ['a program', at(0, '\x7fELF\x02\x01\x01')],
    ['a program', at(0, '\xcf\xfa\xed\xfe')],
    ['a program', windowsProgram()],
    ['a picture', at(0, '\x89PNG\r\n\x1a\n')],
    ['a picture', at(0, '\xff\xd8\xff\xe0\0\x10JFIF')],
    ['a picture', at(0, 'GIF89a')],
    ['a picture', at(0, 'RIFF\0\0\0\0WEBPVP8 ')],
    ['a picture', at(4, 'ftypheic')],
    ['a picture', bitmap()],
  ])('not recognised: %s', (found, start) => {
    expect(refusalOf(start)).toMatchObject({
      code: 'UNRECOGNISED_FORMAT',
      status: 400,
      retryable: false,
      detail: { found, supportedInputs: inputFormats },
    });
  });

  test.each<[string, Uint8Array]>([
    ['a playlist', latin1('#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n')],
    ['a playlist', latin1('http://169.254.169.254/latest/x.mp3\n')],
    ['a playlist', Buffer.from('\ufeff[playlist]\nFile1=http://x/y.mp3\n')],
    ['a playlist', latin1("ffconcat version 1.0\nfile 'in'\n")],
    ['a playlist', latin1('v=0\no=- 0 0 IN IP4 1.2.3.4\nm=audio 5004 RTP/AVP 0\n')],
    ['a playlist', latin1('<?xml version="1.0"?>\n<MPD type="static"></MPD>')],
    ['MIDI, a tracker module or game music', at(0, 'MThd\0\0\0\x06')],
    ['MIDI, a tracker module or game music', at(1080, 'M.K.')],
    ['a Flash movie', at(0, 'CWS\x09')],
  ])('not allowed: %s', (found, start) => {
    expect(refusalOf(start)).toMatchObject({ code: 'FORMAT_NOT_ALLOWED', status: 400, detail: { found } });
  });
});

test.each<[string, Uint8Array]>([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(4_096)],
  ['spaces', Buffer.alloc(4_096, ' ')],
  ['silence in 8 bits', Buffer.alloc(4_096, 0x80)],
  ['a RIFF of unknown kind', latin1('RIFF\x24\0\0\0WAVEfmt ')],
  [
    'an MP3 behind an ID3 tag of text',
    Buffer.concat([latin1('ID3\x03\0\0\0\x0f\x76'), Buffer.alloc(4_087, 'A')]),
  ],
  [
    'an MP3 behind the HTTP headers of its stream',
    Buffer.concat([latin1('ICY 200 OK\r\nicy-name: Radio\r\n\r\n\xff\xfb\x90\x64'), Buffer.alloc(400)]),
  ],
  [
    'MPEG layer I, which starts like UTF-16',
    Buffer.concat([latin1('\xff\xfe\x18\x04'), Buffer.alloc(400, '\x93\x12\x01\xdc', 'latin1')]),
  ],
  ['the letters MZ', at(0, 'MZ')],
  ['the letters BM', at(0, 'BM\xff\xff\xff\xff\xff')],
  ['AMR without a frame', latin1('#!AMR\n')],
  ['a film in JPEG 2000', at(4, 'jP  \r\n\x87\n\0\0\0\x14ftypmjp2')],
  [
    'a header of letters with samples behind',
    Buffer.concat([latin1('NIST_1A\n   1024\n'.padEnd(1_024)), Buffer.alloc(500)]),
  ],
])('goes on: %s', (_, start) => {
  expect(refusalOf(start)).toBeUndefined();
});

test('only the start counts: what comes behind it is never looked at', () => {
  const start = Buffer.concat([Buffer.alloc(4_096, 'a'), Buffer.from([0, 1, 2])]);
  expect(refusalOf(start)?.detail?.found).toBe('text');
});
