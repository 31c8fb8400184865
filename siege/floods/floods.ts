/** Floods of one caller, each against a fleet with the limits that it has by itself, while another owner wants one thing. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, type Caller, responseOf } from './caller.ts';

/** Whom a flood happens to. */
interface Scene {
  /** Who floods. */
  readonly flooder: Caller;
  /** A short file of the flooder's. */
  readonly fileId: string;
  /** The path of a file whose job goes on for longer than streams take to be opened. */
  readonly longFile: string;
  /** The other owner wants something now. */
  readonly meanwhile: () => Promise<void>;
}

/** What became of it. */
export interface Outcome {
  readonly asked: number;
  readonly letIn: number;
  /** How many were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of those that were let in; as many, when nothing was lost. */
  readonly kept: number;
}

export interface Flood {
  readonly name: string;
  /** @param share of the whole: 1, or less for a quick look. */
  run(scene: Scene, share: number): Promise<Outcome>;
}

const PARKED_BYTES = 4_900_000;

export const floods: readonly Flood[] = [
  {
    name: '500 event streams',
    async run({ flooder, longFile, meanwhile }, share) {
      const asked = Math.ceil(500 * share);
      const { jobId } = await flooder.submit(await flooder.upload(longFile));
      const streams: IncomingMessage[] = [];
      const codes = await Promise.all(
        Array.from({ length: asked }, async () => {
          const req = flooder.open('GET', `/api/jobs/${jobId}/events`);
          req.end();
          const response = await responseOf(req);
          if (response.statusCode !== 200) return (await answerOf(response)).code;
          streams.push(response);
          return '';
        }),
      );
      await meanwhile();
      const firstWords = await Promise.all(streams.map(firstWord));
      for (const stream of streams) stream.destroy();
      await flooder.ask('DELETE', `/api/jobs/${jobId}`);
      return {
        asked,
        ...countOf(codes),
        kept: firstWords.filter((word) => word.startsWith('event: progress')).length,
      };
    },
  },
  {
    name: '50 parked bodies',
    async run({ flooder, meanwhile }, share) {
      const asked = Math.ceil(50 * share);
      const body = Buffer.alloc(PARKED_BYTES);
      body.write('RIFF\0\0\0\0WAVEfmt ');
      const parked = Array.from({ length: asked }, () => {
        // Nobody knows how long it will be.
        const req = flooder.open('POST', '/api/upload-audio', { 'transfer-encoding': 'chunked' });
        const answered = responseOf(req).then(answerOf);
        req.write(body);
        return { req, answered };
      });
      await sleep(3_000 * Math.max(0.4, share));
      await meanwhile();
      for (const { req } of parked) req.end();
      const answers = await Promise.all(parked.map(({ answered }) => answered));
      const stored = answers
        .filter(({ code }) => code === '')
        .map(({ body: json }) => JSON.parse(json).fileId);
      const found = await Promise.all(stored.map((id) => flooder.ask('GET', `/api/uploads/${id}`)));
      return { asked, ...countOf(answers.map(({ code }) => code)), kept: good(found) };
    },
  },
  {
    name: '300 jobs against one',
    async run({ flooder, fileId, meanwhile }, share) {
      const asked = Math.ceil(300 * share);
      const made = await submitPatiently(flooder, fileId, asked, meanwhile);
      const found = await Promise.all(made.jobIds.map((id) => flooder.ask('GET', `/api/jobs/${id}`)));
      return { asked, ...countOf(made.codes), kept: good(found) };
    },
  },
  {
    name: '500 open uploads',
    async run({ flooder, meanwhile }, share) {
      const asked = Math.ceil(500 * share);
      const begun = [];
      // In the pace that the service wants, so that what stops it is the number of them.
      while (begun.length < asked) {
        const one = await flooder.begin(105 * 1024 ** 2);
        if (one.code === 'RATE_LIMITED') await sleep(500);
        else begun.push(one);
      }
      await meanwhile();
      const ids = begun.filter(({ code }) => code === '').map(({ fileId }) => fileId);
      const found = await Promise.all(ids.map((id) => flooder.ask('GET', `/api/uploads/${id}`)));
      return { asked, ...countOf(begun.map(({ code }) => code)), kept: good(found) };
    },
  },
  {
    name: '1,000 POSTs',
    async run({ flooder, fileId, meanwhile }, share) {
      const asked = Math.ceil(1_000 * share);
      const all = Promise.all(Array.from({ length: asked }, () => flooder.submit(fileId)));
      await meanwhile();
      const answers = await all;
      const ids = answers.filter(({ code }) => code === '').map(({ jobId }) => jobId);
      return { asked, ...countOf(answers.map(({ code }) => code)), kept: await countFound(flooder, ids) };
    },
  },
];

/** How many of these jobs are there. Who has just flooded may have to wait until it may ask. */
async function countFound(flooder: Caller, jobIds: readonly string[]): Promise<number> {
  let found = 0;
  for (const jobId of jobIds) {
    let answer = await flooder.ask('GET', `/api/jobs/${jobId}`);
    for (; answer.code === 'RATE_LIMITED'; answer = await flooder.ask('GET', `/api/jobs/${jobId}`))
      await sleep(500);
    if (answer.code === '') found += 1;
  }
  return found;
}

/** As many jobs, waiting where the service says so; once most are there, the other owner comes. */
async function submitPatiently(
  flooder: Caller,
  fileId: string,
  count: number,
  meanwhile: () => Promise<void>,
): Promise<{ codes: string[]; jobIds: string[] }> {
  const codes: string[] = [];
  const jobIds: string[] = [];
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const { code, jobId } = await flooder.submit(fileId);
      if (code === 'RATE_LIMITED') {
        left += 1;
        await sleep(500);
      } else codes.push(code);
      if (jobId !== '') jobIds.push(jobId);
    }
  };
  const lanes = Promise.all([lane(), lane(), lane(), lane()]);
  while (jobIds.length < count / 4) await sleep(20);
  await meanwhile();
  await lanes;
  return { codes, jobIds };
}

function countOf(codes: readonly string[]): Pick<Outcome, 'letIn' | 'refused'> {
  const refused: Record<string, number> = {};
  for (const code of codes) if (code !== '') refused[code] = (refused[code] ?? 0) + 1;
  return { letIn: codes.filter((code) => code === '').length, refused };
}

function good(answers: readonly { readonly code: string }[]): number {
  return answers.filter(({ code }) => code === '').length;
}

async function firstWord(stream: IncomingMessage): Promise<string> {
  const chunk: Buffer | null = stream.read();
  if (chunk !== null) return chunk.toString();
  const [first] = (await once(stream, 'data')) as [Buffer];
  return first.toString();
}
