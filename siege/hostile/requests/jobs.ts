/** Requests for jobs: of others, with odd ids and options, with odd bodies. */

import { jobListSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { browserHeaders } from '@wavefleet/tests/bring-up/caller.ts';
import { wav } from '../craft/pcm.ts';
import type { Ground } from '../run/ground.ts';
import { sendByUpload } from '../run/send.ts';
import { lineOf, type RequestClass, type Trial, tryAll, unless } from './request-class.ts';

const UNKNOWN = '6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01';

async function uploadedFile(ground: Ground, headers: Record<string, string> = {}): Promise<string> {
  const body = new Uint8Array(wav({ frames: 2_000 }));
  const answer = await ground.request('/api/upload-audio', { method: 'POST', headers, body });
  return uploadedSchema.parse(await answer.json()).fileId;
}

/** A job that is over. */
export async function endedJob(ground: Ground): Promise<string> {
  const outcome = await sendByUpload(ground, { name: 'song.wav', bytes: wav({ frames: 2_000 }) });
  if (outcome.jobId === undefined) throw new Error(`no job: ${outcome.code}`);
  return outcome.jobId;
}

const json = { 'content-type': 'application/json' };
const get =
  (path: string): Trial[1] =>
  (ground) =>
    ground.request(path);
const order =
  (body: object): Trial[1] =>
  async (ground) =>
    await ground.post('/api/jobs', { fileId: await uploadedFile(ground), format: 'mp3', ...body });

/** To somebody else a job looks as one that there never was: to the byte, but for the request's id. */
async function othersJobs(ground: Ground): Promise<string[]> {
  const jobId = await endedJob(ground);
  const other = { headers: browserHeaders() };
  const shortfalls: string[] = [];
  const bare = async (answer: Response) =>
    `${answer.status} ${(await answer.text()).replace(/"requestId":"[^"]*"/, '')}`;
  for (const [method, path] of [
    ['GET', `/api/jobs/ID`],
    ['GET', `/api/progress?jobId=ID`],
    ['GET', `/api/jobs/ID/events`],
    ['GET', `/api/download?jobId=ID`],
    ['GET', `/api/jobs/ID/audio`],
    ['DELETE', `/api/jobs/ID`],
    ['POST', `/api/jobs/ID/retry`],
  ] as const) {
    const ask = (id: string) => ground.request(path.replace('ID', id), { method, ...other });
    const [theirs, none] = [await bare(await ask(jobId)), await bare(await ask(UNKNOWN))];
    if (!theirs.startsWith('404 ') || theirs !== none)
      shortfalls.push(`${method} ${path}: ${theirs.slice(0, 120)}`);
  }
  await endedJob(ground);
  const page = jobListSchema.parse(await (await ground.request('/api/jobs?limit=1')).json());
  const stolen = await ground.request(`/api/jobs?cursor=${page.nextCursor}`, other);
  return [...shortfalls, ...(await unlessLine(stolen, '400 INVALID_CURSOR', "another's cursor"))];
}

async function unlessLine(answer: Response, wanted: string, name: string): Promise<string[]> {
  const found = await lineOf(answer);
  return unless(found === wanted, `${name}: ${found}, not ${wanted}`);
}

const idTrials: Trial[] = [
  ...[
    '..%2f..',
    '%00',
    '%2e%2e%2f',
    '%F0%9F%92%AB',
    '__proto__',
    'a'.repeat(10_000),
    "'%20OR%201=1",
    '%25s',
  ].map((id): Trial => [`id ${id.slice(0, 20)}`, get(`/api/jobs/${id}`), '400 INVALID_ID']),
  ['id that is none of ours', get('/api/jobs/no-such-job'), '404 JOB_NOT_FOUND'],
  ['id in a query', get('/api/progress?jobId=..%2f'), '400 INVALID_ID'],
  ['no id', get('/api/progress'), '400 VALIDATION_ERROR'],
  ['bytes that are no UTF-8', get('/api/jobs/%C3%28'), '400 INVALID_ID'],
];

const body =
  (text: string): Trial[1] =>
  (ground) =>
    ground.post('/api/jobs', text);

export const jobClasses: readonly RequestClass[] = [
  {
    id: 'B5',
    what: "somebody else's job: every route, and the cursor of a list",
    answer: '404 JOB_NOT_FOUND, to the byte as for one that is not there; 400 INVALID_CURSOR',
    check: othersJobs,
  },
  {
    id: 'B6',
    what: "somebody else's upload; keys and buckets in a body",
    answer: '404 UPLOAD_NOT_FOUND; 400 VALIDATION_ERROR',
    check: async (ground) => {
      const other = browserHeaders();
      const fileId = await uploadedFile(ground, other);
      return await tryAll(ground, [
        ['their upload', (at) => at.post('/api/jobs', { fileId, format: 'mp3' }), '404 UPLOAD_NOT_FOUND'],
        ['cleaning it up', (at) => at.post('/api/cleanup', { fileId }), '404 UPLOAD_NOT_FOUND'],
        ['a key', order({ bucket: 'b', key: 'uploads/x' }), '400 VALIDATION_ERROR'],
      ]);
    },
  },
  {
    id: 'B7',
    what: 'ids that are paths, NUL, 10 KB, emoji, `__proto__`',
    answer: '400 INVALID_ID; 404 for one that could be',
    check: (ground) => tryAll(ground, idTrials),
    quick: true,
  },
  {
    id: 'B9',
    what: 'formats that are options, paths, arrays',
    answer: '422 UNSUPPORTED_OUTPUT_FORMAT; 400 VALIDATION_ERROR for another type',
    check: (ground) =>
      tryAll(ground, [
        ...['mp3 -i /etc/passwd', 'tee', 'hls', '../mp3', 'MP3\n', '', '__proto__', 'constructor'].map(
          (format): Trial => [
            `format ${JSON.stringify(format)}`,
            order({ format }),
            '422 UNSUPPORTED_OUTPUT_FORMAT',
          ],
        ),
        ...[['mp3'], { name: 'mp3' }, 3, null, true].map(
          (format): Trial => [`format ${JSON.stringify(format)}`, order({ format }), '400 VALIDATION_ERROR'],
        ),
      ]),
    quick: true,
  },
  {
    id: 'B10',
    what: 'bitrates, rates and channels beyond all bounds, and text where a number belongs',
    answer: '422 INVALID_OPTION; FFmpeg is not started',
    check: (ground) =>
      tryAll(ground, [
        ...['1e30', '-1', 'NaN', '128k -f tee', '9999k', 'q11', 'v10'].map(
          (quality): Trial => [`quality ${quality}`, order({ quality }), '422 INVALID_OPTION'],
        ),
        ...[
          { sampleRate: 2 ** 31 },
          { channels: 1e5 },
          { trimStart: -1 },
          { trimStart: 1e300 },
          { trimStart: 5, trimEnd: 4 },
          { speed: 1e-9 },
          { track: 0 },
          { track: 'x; id' },
          { loudness: { target: 99 } },
          { setTags: { 'a=b': 'c' } },
          { bitDepth: 16 },
        ].map((options): Trial => [JSON.stringify(options), order({ options }), '422 INVALID_OPTION']),
        ['a filter', order({ options: { filter: 'amovie=/etc/passwd' } }), '400 VALIDATION_ERROR'],
      ]),
  },
  {
    id: 'B11',
    what: 'JSON: 100 MB, cut, not UTF-8, deep, with `__proto__`, with one key twice',
    answer: '413 after 64 KiB; 400 INVALID_JSON; 400 VALIDATION_ERROR; the last of two keys counts',
    check: (ground) =>
      tryAll(ground, [
        ['100 MB', body(' '.repeat(100 * 1024 ** 2)), '413 PAYLOAD_TOO_LARGE'],
        ['cut', body('{"fileId":'), '400 INVALID_JSON'],
        ['empty', body(''), '400 INVALID_JSON'],
        ['deep', body('['.repeat(60_000)), '400 INVALID_JSON'],
        ['deep and closed', body('['.repeat(30_000) + ']'.repeat(30_000)), '400 VALIDATION_ERROR'],
        ['a text', body('"text"'), '400 VALIDATION_ERROR'],
        ['__proto__', body(`{"fileId":"${UNKNOWN}","format":"mp3","__proto__":{}}`), '400 VALIDATION_ERROR'],
        [
          'one key twice',
          body(`{"format":"tee","fileId":"${UNKNOWN}","format":"mp3"}`),
          '404 UPLOAD_NOT_FOUND',
        ],
        [
          'no UTF-8',
          (at) =>
            at.request('/api/jobs', {
              method: 'POST',
              headers: json,
              body: Uint8Array.of(0x22, 0xc3, 0x28, 0x22),
            }),
          '400 INVALID_JSON',
        ],
      ]),
    quick: true,
  },
  {
    id: 'B14',
    what: 'Idempotency-Key: the same 30 times at once, again, with another body, 300 characters, of somebody else',
    answer: '30 equal answers and one job (the table would let 29 wait with 409); 422; 400; another job',
    check: idempotency,
  },
  {
    id: 'B23',
    what: 'an address to be told at',
    answer: '422 WEBHOOK_URL_FORBIDDEN for what is not public, whatever it is dressed as: nothing is called',
    check: (ground) =>
      tryAll(
        ground,
        notPublic.flatMap((url) => [
          [`of a job: ${url}`, order({ webhookUrl: url }), '422 WEBHOOK_URL_FORBIDDEN'] as const,
          [
            `of all jobs: ${url}`,
            (there) => there.post('/api/webhooks', { url }),
            '422 WEBHOOK_URL_FORBIDDEN',
          ] as const,
        ]),
      ),
  },
];

/** The metadata of the machine, this machine and its networks, in plain words and in others. */
const notPublic = [
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://[::ffff:169.254.169.254]/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://10.0.0.1/',
  'https://localhost/',
  'https://audio.localhost./',
  'https://example.com:6379/',
  'https://me:secret@example.com/',
  'file:///etc/passwd',
];

async function idempotency(ground: Ground): Promise<string[]> {
  const fileId = await uploadedFile(ground);
  const ask = (key: string, more: object = {}, headers: Record<string, string> = {}) =>
    ground.post('/api/jobs', { fileId, format: 'flac', ...more }, { 'idempotency-key': key, ...headers });
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => await (await ask('thirty')).text()),
  );
  const stranger = browserHeaders();
  const theirs = await uploadedFile(ground, stranger);
  const other = await (await ask('thirty', { fileId: theirs }, stranger)).text();
  return [
    ...unless(new Set(answers).size === 1, `30 requests got ${new Set(answers).size} different answers`),
    ...unless(other !== answers[0] && other.includes('jobId'), `somebody else's key: ${other.slice(0, 100)}`),
    ...(await tryAll(ground, [
      ['another body', () => ask('thirty', { format: 'wav' }), '422 IDEMPOTENCY_KEY_REUSED'],
      ['300 characters', () => ask('x'.repeat(300)), '400 INVALID_IDEMPOTENCY_KEY'],
      ['control characters', () => ask('a\tb'), '400 INVALID_IDEMPOTENCY_KEY'],
    ])),
  ];
}
