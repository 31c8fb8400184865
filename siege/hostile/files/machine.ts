/** What only a fleet's own doing brings about: an FFmpeg that fails, limits of size, objects that change. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { errorBodySchema, submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import { StandInFfmpeg } from '../../faults/rig/stand-in-ffmpeg.ts';
import { MAX_BYTES } from '../caps.ts';
import { infoChunk, wav } from '../craft/pcm.ts';
import { Ground } from '../run/ground.ts';
import { inOneLine, sendByDrop, sendByUpload } from '../run/send.ts';
import type { FileClass } from './file-class.ts';

/** What FFmpeg does with a file that has the word in it, and what the job then fails with. */
const misdeeds = {
  crash: ['kill -SEGV $$', 'DECODER_CRASHED'],
  hang: ['exec sleep 300', 'CONVERSION_TIMEOUT'],
  hunger: ['echo "Cannot allocate memory" >&2; exit 1', 'RESOURCE_LIMIT'],
  endless: ['for last; do :; done; exec yes > "$(echo "$last" | cut -c6-)"', 'OUTPUT_TOO_LARGE'],
} as const;

async function misbehavingFfmpeg(): Promise<string[]> {
  const standIn = await StandInFfmpeg.make();
  const cases = Object.entries(misdeeds);
  await standIn.behaves(
    cases.map(([word, [deed]]) => `if grep -qa hostile-${word} in; then ${deed}; fi`).join('\n'),
  );
  const ground = await Ground.prepare({
    workers: cases.length,
    env: { FFMPEG_PATH: standIn.path, MAX_OUTPUT_BYTES: String(4 * 1024 ** 2) },
  });
  try {
    const shortfalls = cases.map(async ([word, [, code]]) => {
      const bytes = wav({ behind: infoChunk([['INAM', `hostile-${word}`]]) });
      const outcome = await sendByUpload(ground, { name: `${word}.wav`, bytes, patienceMs: 150_000 });
      return inOneLine(outcome) === code ? [] : [`${word}: ${inOneLine(outcome)}, not ${code}`];
    });
    return (await Promise.all(shortfalls)).flat();
  } finally {
    await ground.stop();
    await standIn.remove();
  }
}

const codeOf = async (answer: Response): Promise<string> => {
  const body = errorBodySchema.safeParse(await answer.json().catch(() => undefined));
  return `${answer.status} ${body.data?.error.code ?? 'without a code'}`;
};

async function tooLarge(ground: Ground): Promise<string[]> {
  const start = wav();
  const declared = await ground.post('/api/uploads', { fileName: 'a.wav', sizeBytes: MAX_BYTES + 1 });
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += start.length;
      controller.enqueue(new Uint8Array(start));
    },
  });
  const headers = { 'content-type': 'audio/wav' };
  const chunked = await ground.request('/api/upload-audio', {
    method: 'POST',
    headers,
    body: endless,
    duplex: 'half',
  });
  const dropped = await sendByDrop(ground, { name: 'large.wav', bytes: Buffer.alloc(MAX_BYTES + 1, start) });
  const found = [await codeOf(declared), await codeOf(chunked), inOneLine(dropped)];
  const wanted = ['413 UPLOAD_TOO_LARGE', '413 UPLOAD_TOO_LARGE', 'UPLOAD_TOO_LARGE'];
  const wrong = wanted.flatMap((answer, index) =>
    found[index] === answer
      ? []
      : [`${['declared', 'chunked', 'dropped'][index]}: ${found[index]}, not ${answer}`],
  );
  return sent > MAX_BYTES * 2 ? [...wrong, `${sent} bytes were read of what may have ${MAX_BYTES}`] : wrong;
}

async function changedMeanwhile(ground: Ground): Promise<string[]> {
  const { aws, uploads } = ground.fleet.platform;
  const upload = async () => {
    const body = new Uint8Array(wav());
    const answer = await ground.request('/api/upload-audio', { method: 'POST', body });
    const { fileId } = uploadedSchema.parse(await answer.json());
    return { fileId, ...(await uploads.getOwned(fileId, ANONYMOUS_OWNER)).location };
  };
  const endOf = async (fileId: string) => {
    const answer = await ground.post('/api/jobs', { fileId, format: 'flac' });
    if (answer.status !== 202) return await codeOf(answer);
    const { jobId } = submittedSchema.parse(await answer.json());
    return (await ground.fleet.client.jobs.waitForEnd(jobId)).error?.code ?? 'completed';
  };
  const changed = await upload();
  await aws.s3.send(
    new PutObjectCommand({ Bucket: changed.bucket, Key: changed.key, Body: wav({ frames: 100 }) }),
  );
  const deleted = await upload();
  await aws.s3.send(new DeleteObjectCommand({ Bucket: deleted.bucket, Key: deleted.key }));
  const begun = await ground.post('/api/uploads', { fileName: 'a.wav', sizeBytes: 1_000 });
  const { fileId } = uploadedSchema.pick({ fileId: true }).parse(await begun.json());
  const found = [await endOf(changed.fileId), await endOf(deleted.fileId), await endOf(fileId)];
  const wanted = ['INPUT_CHANGED', 'INPUT_MISSING', '409 UPLOAD_INCOMPLETE'];
  return wanted.flatMap((answer, index) =>
    found[index] === answer ? [] : [`${found[index]}, not ${answer}`],
  );
}

export const machineClasses: readonly FileClass[] = [
  {
    id: 'A22',
    what: 'an FFmpeg that crashes, hangs, wants all memory, or writes without end',
    answer: 'DECODER_CRASHED, CONVERSION_TIMEOUT, RESOURCE_LIMIT, OUTPUT_TOO_LARGE',
    check: misbehavingFfmpeg,
  },
  {
    id: 'A23',
    what: 'more bytes than are taken: declared, without a length, dropped',
    answer: '413 UPLOAD_TOO_LARGE before they are read; a drop fails with it',
    check: tooLarge,
  },
  {
    id: 'A24',
    what: 'an object that is replaced or deleted before its job begins, an upload that is not finished',
    answer: 'INPUT_CHANGED, INPUT_MISSING, 409 UPLOAD_INCOMPLETE',
    check: changedMeanwhile,
    quick: true,
  },
];
