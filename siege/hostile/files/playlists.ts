/** Files that point at other files and at the network. */
import { join, u32le, utf8 } from '../craft/bytes.ts';
import { riffChunk } from '../craft/pcm.ts';
import { alike, type FileClass, type HostileFile } from './file-class.ts';

const hls = (...lines: readonly string[]): string =>
  ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:10', ...lines, ''].join('\n');

/** By what it says; each is sent under its own name and as music. */
const playlists: Readonly<Record<string, string>> = {
  'list.m3u8': hls('#EXTINF:10,', 'http://127.0.0.1:9/a.ts', '#EXT-X-ENDLIST'),
  'window.m3u8': hls('#EXT-X-MEDIA-SEQUENCE:1', '#EXTINF:10,', 'segment1.ts'),
  'itself.m3u8': hls('#EXTINF:10,', 'in', '#EXT-X-ENDLIST'),
  'environ.m3u8': hls('#EXTINF:10,', 'file:///proc/self/environ', '#EXT-X-ENDLIST'),
  'concat.m3u8': hls('#EXTINF:10,', 'concat:file:///etc/passwd|in', '#EXT-X-ENDLIST'),
  'credentials.m3u8': hls('#EXTINF:10,', 'http://169.254.170.2/v2/credentials', '#EXT-X-ENDLIST'),
  'key.m3u8': hls(
    '#EXT-X-KEY:METHOD=AES-128,URI="file:///etc/passwd"',
    '#EXTINF:10,',
    'in',
    '#EXT-X-ENDLIST',
  ),
  'master.m3u8': hls('#EXT-X-STREAM-INF:BANDWIDTH=1', 'http://127.0.0.1:9/child.m3u8'),
  'manifest.mpd':
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><BaseURL>http://127.0.0.1:9/</BaseURL></AdaptationSet></Period></MPD>',
  'manifest.ism':
    '<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2" Duration="1"></SmoothStreamingMedia>',
  'list.m3u': '#EXTM3U\n#EXTINF:1,x\n/etc/passwd\n',
  'list.pls': '[playlist]\nFile1=file:///etc/passwd\nNumberOfEntries=1\n',
  'list.ffconcat': "ffconcat version 1.0\nfile '/etc/passwd'\nfile in\n",
  'session.sdp':
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n',
  'list.xspf':
    '<?xml version="1.0"?><playlist version="1"><trackList><track><location>file:///etc/passwd</location></track></trackList></playlist>',
  'show.smil': '<smil><body><audio src="http://127.0.0.1:9/a.mp3"/></body></smil>',
  'link.mov': 'rtsp://127.0.0.1:9/stream\n',
  'list.asx': '<asx version="3.0"><entry><ref href="http://127.0.0.1:9/"/></entry></asx>',
};

const named = (names: readonly string[], rename: (name: string) => string): HostileFile[] =>
  names.map((name) => ({
    name: rename(name),
    make: () => utf8(playlists[name] ?? ''),
    answers: ['FORMAT_NOT_ALLOWED'],
  }));

const pointing = [
  'itself.m3u8',
  'environ.m3u8',
  'concat.m3u8',
  'credentials.m3u8',
  'key.m3u8',
  'window.m3u8',
];
const others = Object.keys(playlists).filter((name) => !pointing.includes(name));

/** A playlist as the subtitles of an AVI (GAB2): FFmpeg opens such text by guessing what it is. */
function gab2(film: Buffer): Buffer {
  const text = utf8(playlists['environ.m3u8'] ?? '');
  const name = Buffer.from('x\0', 'utf16le');
  const parts = [
    Buffer.from([2, 0]),
    u32le(name.length),
    name,
    Buffer.from([4, 0]),
    u32le(text.length),
    text,
  ];
  const body = join('GAB2\0', ...parts);
  const at = film.indexOf('movi', 0, 'latin1') + 4;
  return join(film.subarray(0, at), riffChunk('01tx', body), film.subarray(at));
}

export const playlistClasses: readonly FileClass[] = [
  {
    id: 'A5',
    what: 'playlists and manifests of every kind, under their own names and as music',
    answer: 'FORMAT_NOT_ALLOWED within 2 s; no packet, nothing else opened',
    files: [...named(others, (name) => name), ...named(others, (name) => `${name}.mp3`)],
    traced: true,
  },
  {
    id: 'A6',
    what: 'playlists that point at the environment, at credentials, at keys, at themselves',
    answer: 'FORMAT_NOT_ALLOWED; nothing else opened',
    files: named(pointing, (name) => `${name}.wav`),
    traced: true,
    quick: true,
  },
  {
    id: 'A7',
    what: 'a playlist within a film, and playlists behind bytes that look like sound',
    answer: 'completed or refused; nothing else opened',
    files: [
      {
        name: 'gab2.avi',
        make: (seeds) => gab2(seeds('film.avi')),
        answers: ['completed', 'CORRUPT_INPUT', 'NO_DECODABLE_AUDIO'],
      },
      ...alike(['FORMAT_NOT_ALLOWED', 'UNRECOGNISED_FORMAT', 'NO_DECODABLE_AUDIO', 'CORRUPT_INPUT'], {
        'behind.mp3': () => join('ID3\x03\0\0\0\0\0\0', playlists['environ.m3u8'] ?? ''),
        'spaced.mp3': () => join('\0'.repeat(64), playlists['environ.m3u8'] ?? ''),
      }),
    ],
    traced: true,
  },
];
