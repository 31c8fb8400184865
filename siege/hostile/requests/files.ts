/** Requests around files: names, downloads, ranges, drops that are told of. */
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { downloadLinkSchema, jobViewSchema } from '@wavefleet/contracts/http.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { wav } from '../craft/pcm.ts';
import type { Ground } from '../run/ground.ts';
import { inOneLine, sendByDrop, sendByUpload } from '../run/send.ts';
import { endedJob } from './jobs.ts';
import { type RequestClass, type Trial, tryAll, unless } from './request-class.ts';

/** Each with what it is called afterwards. */
const names: readonly (readonly [sent: string, shown: string])[] = [
  ['../../etc/passwd', 'passwd'],
  ['-i', '-i'],
  ['concat:a|b', 'concat:a|b'],
  ['%d.mp3', '%d.mp3'],
  ['a\r\nSet-Cookie: x.wav', 'aSet-Cookie: x.wav'],
  ['a\0b.wav', 'ab.wav'],
  [';id', ';id'],
  ['<script>alert(1)</script>.wav', 'script>.wav'],
  ['\u001b[2J.wav', '[2J.wav'],
  ['song\u202evaw.exe', 'songvaw.exe'],
  [`${'x'.repeat(250)}💫💫💫.wav`, `${'x'.repeat(250)}.wav`],
];

async function hostileNames(ground: Ground): Promise<string[]> {
  const shortfalls: string[] = [];
  for (const [sent, shown] of [...names, ['y'.repeat(5_000), 'y'.repeat(255)] as const]) {
    const outcome = await sendByUpload(ground, { name: sent, bytes: wav({ frames: 2_000 }) });
    const job = jobViewSchema.parse(await (await ground.request(`/api/jobs/${outcome.jobId}`)).json());
    const download = await ground.request(`/api/download?jobId=${outcome.jobId}`);
    const disposition = download.headers.get('content-disposition') ?? '';
    const isSafe = /^attachment; filename="[ !#-$&-~]*"; filename\*=UTF-8''[!-~]+$/.test(disposition);
    const found = `${job.fileName} ${download.status} ${isSafe ? 'attachment' : disposition}`;
    if (found !== `${shown} 200 attachment`)
      shortfalls.push(`${JSON.stringify(sent).slice(0, 40)}: ${found}`);
  }
  return shortfalls;
}

async function downloads(ground: Ground): Promise<string[]> {
  const done = await endedJob(ground);
  const failed = (await sendByUpload(ground, { name: 'a.flac', bytes: Buffer.alloc(9_000) })).jobId;
  const link = await (await ground.request(`/api/download?jobId=${done}&mode=url`)).json();
  const { url } = downloadLinkSchema.parse(link);
  const tampered = await fetch(url.replace(/Signature=[0-9a-f]{8}/, 'Signature=00000000'));
  const answer = await ground.request(`/api/download?jobId=${done}`);
  const isSafe =
    answer.headers.get('x-content-type-options') === 'nosniff' &&
    (answer.headers.get('content-disposition') ?? '').startsWith('attachment;');
  return [
    ...unless(isSafe, 'a download is not `attachment` and `nosniff`'),
    ...unless(tampered.status === 403, `a tampered address answers ${tampered.status}`),
    ...(await tryAll(ground, [
      ['of a failed job', (at) => at.request(`/api/download?jobId=${failed}`), '409 JOB_FAILED'],
      [
        'of one that was cleaned up',
        async (at) => {
          await at.post('/api/cleanup', { jobId: done });
          return await at.request(`/api/download?jobId=${done}`);
        },
        '410 OUTPUT_DELETED',
      ],
    ])),
  ];
}

async function ranges(ground: Ground): Promise<string[]> {
  const jobId = await endedJob(ground);
  const asked =
    (range: string): Trial[1] =>
    (at) =>
      at.request(`/api/download?jobId=${jobId}`, { headers: { range } });
  return await tryAll(ground, [
    ['one', asked('bytes=0-9'), '206'],
    ['the last', asked('bytes=-5'), '206'],
    ...[
      'bytes=9-1',
      `bytes=${'0-0,'.repeat(999)}0-0`,
      'bytes=99999999999-',
      'bytes=-0',
      'lines=1-2',
      'bytes=a-b',
    ].map((range): Trial => [range.slice(0, 24), asked(range), '416 RANGE_INVALID']),
  ]);
}

/** Messages on the queue of drops, as somebody writes who may write there. */
async function notifications(ground: Ground): Promise<string[]> {
  const { platform, env } = ground.fleet;
  const tell = (body: unknown) =>
    platform.aws.sqs.send(
      new SendMessageCommand({ QueueUrl: env.DROPS_QUEUE_URL, MessageBody: JSON.stringify(body) }),
    );
  const record = (key: string, bucket = env.S3_BUCKET) => ({
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key, size: 3, eTag: '0'.repeat(32), sequencer: '0C' } },
  });
  const aside: string[] = [];
  for (const body of [
    'nonsense',
    { Records: [{ eventName: 'ObjectCreated:Put' }] },
    { Records: [record('drops/flac/%E0%A4%A.wav')] },
    { Records: [record('drops/flac/a.wav', 'somebody-elses')] },
    { Records: [record(`drops/flac/${'k'.repeat(1_015)}`)] },
  ])
    await tell(body);
  await until('all five are put aside', async () => {
    const { Messages = [] } = await platform.aws.sqsPoll.send(
      new ReceiveMessageCommand({
        QueueUrl: env.DROPS_DLQ_URL,
        MessageAttributeNames: ['All'],
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
      }),
    );
    for (const { MessageAttributes } of Messages)
      aside.push(MessageAttributes?.reason?.StringValue ?? 'no reason');
    return aside.length >= 5;
  });
  const bytes = wav({ frames: 2_000 });
  const forged = 'drops/flac/never-there.wav';
  await tell({ Records: [record(forged)] });
  const odd = await Promise.all([
    sendByDrop(ground, { name: 'a+b 100%25.wav', bytes }),
    sendByDrop(ground, { name: '%2F.wav', bytes }),
    sendByDrop(ground, { name: 'x.wav', bytes }, 'drops/x.wav'),
    sendByDrop(ground, { name: 'x.wav', bytes }, 'drops/no-such-preset/x.wav'),
  ]);
  const found = [
    ...odd.map(inOneLine),
    ...new Set(aside.map((reason) => (reason === 'no reason' ? reason : 'reason'))),
  ];
  const wanted = ['completed', 'completed', 'UNKNOWN_PRESET', 'UNKNOWN_PRESET', 'reason'];
  const told = await until('the forged record is answered', async () => {
    const { body } = await platform.objects
      .open(`results/flac/never-there.wav.json`)
      .catch(() => ({ body: undefined }));
    if (body === undefined) return undefined;
    body.destroy();
    return true;
  });
  return [
    ...unless(found.join() === wanted.join(), `${found.join()}, not ${wanted.join()}`),
    ...unless(told, 'no answer'),
  ];
}

export const fileRequests: readonly RequestClass[] = [
  {
    id: 'B8',
    what: 'names that are paths, options, patterns, headers, markup, terminal codes, 5 KB, cut within an emoji',
    answer:
      'uploaded, completed and downloaded under a name of at most 255 bytes without controls and marks of direction',
    check: hostileNames,
  },
  {
    id: 'B16',
    what: 'downloads of failed and removed results; addresses that were tampered with',
    answer: '409 JOB_FAILED; 410 OUTPUT_DELETED; 403 by S3; always `attachment` and `nosniff`',
    check: downloads,
  },
  {
    id: 'B17',
    what: 'a thousand ranges, backwards, beyond the end',
    answer: '206 for one range that is there, else 416 RANGE_INVALID',
    check: ranges,
    quick: true,
  },
  {
    id: 'B26',
    what: 'forged and foreign notifications; keys with `+`, `%2F`, broken escapes, 1,024 bytes, no preset',
    answer: 'put aside with the reason, or answered in the result file; nothing vanishes',
    check: notifications,
  },
  {
    id: 'B28',
    what: 'one job asked about 200 times in a second',
    answer: 'answered, or told to wait (429): never 5xx',
    check: async (ground) => {
      const jobId = await endedJob(ground);
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => fetch(`${ground.fleet.apiUrl}/api/progress?jobId=${jobId}`)),
      );
      const bad = answers.filter(({ status }) => status !== 200 && status !== 429);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      return unless(bad.length === 0, `${bad.length} answers such as ${bad[0]?.status}`);
    },
  },
];
