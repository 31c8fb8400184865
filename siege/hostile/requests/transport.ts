/** Requests below and around JSON: types, methods, slow ones, origins, cookies, what ends in the log. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wav } from '../craft/pcm.ts';
import type { Ground } from '../run/ground.ts';
import { sendByUpload } from '../run/send.ts';
import { secondsOpen, sendRaw, statusOf } from './raw.ts';
import { type RequestClass, type Trial, tryAll, unless } from './request-class.ts';

/** Beyond this a connection that sends nothing costs somebody something. */
const SLOW_SECONDS = 30;

async function slowloris(ground: Ground): Promise<string[]> {
  const { apiUrl } = ground.fleet;
  const { host } = new URL(apiUrl);
  const limit = (SLOW_SECONDS + 8) * 1_000;
  const post = `POST /api/jobs HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
  const [header, body] = await Promise.all([
    secondsOpen(apiUrl, `GET /api/jobs HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `, limit),
    secondsOpen(apiUrl, post, limit),
  ]);
  return [
    ...unless(header <= SLOW_SECONDS, `a header that never ends is waited for ${header.toFixed(0)} s`),
    ...unless(body <= SLOW_SECONDS, `a body that never ends is waited for ${body.toFixed(0)} s`),
  ];
}

async function foreignOrigins(ground: Ground): Promise<string[]> {
  const shortfalls: string[] = [];
  for (const origin of [
    'https://evil.example',
    'null',
    'https://app.example.evil',
    'http://127.0.0.1.evil.example',
  ]) {
    const answer = await ground.request('/api/jobs', { headers: { origin } });
    const allowed = answer.headers.get('access-control-allow-origin');
    if (allowed !== null) shortfalls.push(`${origin} is allowed as ${allowed}`);
    await answer.arrayBuffer();
  }
  const crossSite =
    (headers: Record<string, string>): Trial[1] =>
    (at) =>
      at.post('/api/cleanup', {}, headers);
  return [
    ...shortfalls,
    ...(await tryAll(ground, [
      ['a form of another site', crossSite({ origin: 'https://evil.example' }), '403 CSRF_REJECTED'],
      ['an opaque origin', crossSite({ origin: 'null' }), '403 CSRF_REJECTED'],
    ])),
  ];
}

/** Names with line ends and terminal codes, and what must never be told. */
async function logLines(ground: Ground): Promise<string[]> {
  const { fleet } = ground;
  await sendByUpload(ground, {
    name: 'marked\r\n{"level":"fatal"}\u001b[31m.wav',
    bytes: wav({ frames: 900 }),
  });
  await ground.request('/api/jobs?cursor=marked%0d%0a%1b', {
    headers: { cookie: 'wavefleet=secretsecretsecretsecretsecretsecretsecrets' },
  });
  const files = (await readdir(fleet.logDir)).filter((name) => /^(api|worker)/.test(name));
  const lines = (await Promise.all(files.map((name) => readFile(join(fleet.logDir, name), 'utf8'))))
    .join('\n')
    .split('\n');
  const broken = lines.filter((line) => line !== '' && !isJson(line) && !/^\s|^\(|Warning|^at /.test(line));
  const telling = lines.filter(
    (line) => /X-Amz-Signature|secretsecret/.test(line) || line.includes('\u001b'),
  );
  return [
    ...unless(broken.length === 0, `${broken.length} lines are no JSON, such as ${broken[0]?.slice(0, 80)}`),
    ...unless(
      telling.length === 0,
      `${telling.length} lines tell too much, such as ${telling[0]?.slice(0, 80)}`,
    ),
  ];
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

async function cookies(ground: Ground): Promise<string[]> {
  const page = await ground.request('/', { headers: { 'x-forwarded-proto': 'https' } });
  const cookie = page.headers.get('set-cookie') ?? '';
  await page.arrayBuffer();
  const missing = ['__Host-', 'Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/'].filter(
    (part) => !cookie.includes(part),
  );
  return unless(missing.length === 0 && !/domain=/i.test(cookie), `the cookie is ${cookie}`);
}

const typed = (type: string): Trial => [
  type,
  (at) => at.post('/api/jobs', '{}', { 'content-type': type }),
  '415 UNSUPPORTED_MEDIA_TYPE',
];

export const transportClasses: readonly RequestClass[] = [
  {
    id: 'B12',
    what: 'other types of body, unknown routes, TRACE',
    answer: '415 UNSUPPORTED_MEDIA_TYPE; 404 NOT_FOUND; 405 METHOD_NOT_ALLOWED',
    check: async (ground) => {
      const { apiUrl } = ground.fleet;
      const trace = await sendRaw(
        apiUrl,
        `TRACE /api/jobs HTTP/1.1\r\nHost: ${new URL(apiUrl).host}\r\nConnection: close\r\n\r\n`,
      );
      return [
        ...unless(
          statusOf(trace) === 405 && trace.includes('METHOD_NOT_ALLOWED'),
          `TRACE: ${trace.slice(0, 40)}`,
        ),
        ...(await tryAll(ground, [
          ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'].map(
            typed,
          ),
          ['no such route', (at) => at.request('/api/nothing'), '404 NOT_FOUND'],
          ['another method', (at) => at.request('/api/jobs', { method: 'PUT' }), '405 METHOD_NOT_ALLOWED'],
        ])),
      ];
    },
    quick: true,
  },
  {
    id: 'B13',
    what: 'headers and bodies that come one byte at a time, or never',
    answer: `closed within ${SLOW_SECONDS} s`,
    check: slowloris,
  },
  {
    id: 'B18',
    what: 'requests of foreign and opaque origins',
    answer: 'no origin is allowed',
    check: foreignOrigins,
    quick: true,
  },
  {
    id: 'B19',
    what: 'changes that another site makes a browser ask for',
    answer: '403 CSRF_REJECTED',
    check: (ground) =>
      tryAll(
        ground,
        ['/api/jobs', '/api/upload-audio', '/api/uploads', '/api/cleanup'].map((path) => [
          path,
          (at) => at.post(path, {}, { 'sec-fetch-site': 'cross-site' }),
          '403 CSRF_REJECTED',
        ]),
      ),
    quick: true,
  },
  {
    id: 'B22',
    what: 'the cookie over HTTPS',
    answer: '`__Host-`, Secure, HttpOnly, SameSite=Lax',
    check: cookies,
  },
  {
    id: 'B25',
    what: 'line ends, markup and terminal codes in what is logged; secrets',
    answer: 'one JSON line each; no cookie, no signature',
    check: logLines,
  },
  {
    id: 'B27',
    what: '`limit` of a billion, of -1, given twice; numbers in other clothes',
    answer: '400 VALIDATION_ERROR',
    check: (ground) =>
      tryAll(
        ground,
        [
          'limit=1e9',
          'limit=-1',
          'limit=1&limit=2',
          'limit=0x10',
          'limit=%31%30%00',
          'status=none',
          'limit=101',
        ].map((query) => [query, (at) => at.request(`/api/jobs?${query}`), '400 VALIDATION_ERROR']),
      ),
    quick: true,
  },
];
