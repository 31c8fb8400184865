/**
 * `/s/{token}` and what its page loads. Who asks is known by the token alone, and cookies say nothing here. Whatever is
 * wrong with a link, the answer is the same to the byte.
 */
import { createHash } from 'node:crypto';
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { sharePath } from '@wavefleet/contracts/shares.ts';
import type { OpenShare } from '@wavefleet/platform/jobs/shares.ts';
import { contentDisposition } from '@wavefleet/platform/storage/file-names.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { type AppEnv, type Router, router } from '../http/context.ts';
import { answerObject, type Served } from '../http/object-answer.ts';
import { note } from '../http/request-facts.ts';
import { deleteOnceDelivered } from '../jobs/delivery.ts';
import { type Audio, resultAudio } from '../jobs/get-audio.ts';
import { type ResultFile, resultFile } from '../jobs/result-file.ts';
import type { ShareDeps } from './deps.ts';
import { NOWHERE_PAGE, SHARE_POLICY, sharePage } from './share-page.ts';

/** All that is below it belongs to links. */
export const SHARED_PATHS = sharePath('*');

/** Requests of a link count as its own: of many readers none is counted with callers of the API. */
export const countByLink: MiddlewareHandler<AppEnv> = async (c, next) => {
  const [, , token = ''] = c.req.path.split('/');
  const id = createHash('sha256').update(token).digest('base64url');
  c.set('owner', { kind: 'anonymous', id: `link:${id}`, scopes: [] });
  await next();
};

/** The pages and files of links. */
export function shared(deps: ShareDeps): Router {
  const app = router();
  app.use(SHARED_PATHS, async (c, next) => {
    c.header('X-Robots-Tag', 'noindex, nofollow');
    c.header('Content-Security-Policy', SHARE_POLICY);
    await next();
  });

  app.get('/s/:token', async (c) => {
    const token = c.req.param('token');
    const open = await lookUp(c, deps, token);
    if (open === undefined || (await deps.objects.head(open.file.key)) === undefined) return nowhere(c);
    const audio = open.audio === undefined ? undefined : `${sharePath(token)}/audio`;
    c.header('Cache-Control', 'no-store');
    return c.html(sharePage(open, open.file, { download: `${sharePath(token)}/download`, audio }));
  });

  app.get('/s/:token/download', async (c) => {
    const open = await lookUp(c, deps, c.req.param('token'));
    return open === undefined ? nowhere(c) : await download(c, deps, open);
  });

  app.get('/s/:token/audio', async (c) => {
    const open = await lookUp(c, deps, c.req.param('token'));
    if (open?.audio === undefined) return nowhere(c);
    const { audio, job } = open;
    const stored = await deps.objects.head(audio.key);
    if (stored === undefined) return nowhere(c);
    const onSent: Served['onSent'] = (sent) =>
      c.var.log.say('listening.ended', { jobId: job.jobId, ...sent });
    return await orNowhere(c, () => answerObject(c, deps, stored, { ...audio, onSent }));
  });
  return app;
}

/** A link that works, and its files. */
interface Found extends OpenShare {
  readonly file: ResultFile;
  /** Undefined where nothing can be played, and for links with a number of downloads: to listen is to download. */
  readonly audio: Audio | undefined;
}

async function lookUp(c: Context<AppEnv>, deps: ShareDeps, token: string): Promise<Found | undefined> {
  const open = await deps.shares.open(token);
  if (open === undefined) return undefined;
  const { job, share } = open;
  note(c, { jobId: job.jobId });
  const file = unlessRefused(() => resultFile(job));
  if (file === undefined) return undefined;
  const audio = share.maxDownloads === undefined ? unlessRefused(() => resultAudio(job)) : undefined;
  return { ...open, file, audio };
}

/** The file, counted once it is open and before any byte of it is sent. */
async function download(c: Context<AppEnv>, deps: ShareDeps, open: Found): Promise<Response> {
  const { job, share, shareId, file } = open;
  const { jobId } = job;
  const stored = await deps.objects.head(file.key);
  if (stored === undefined) return nowhere(c);
  return await orNowhere(c, async () => {
    const answer = await answerObject(c, deps, stored, {
      contentType: file.contentType,
      contentDisposition: contentDisposition(file.fileName),
      wholeOnly: share.maxDownloads !== undefined,
      goneCode: 'OUTPUT_EXPIRED',
      onSent: (sent) => c.var.log.say('share.downloaded', { jobId, shareId, ...sent }),
    });
    if (beginsDownload(c, answer) && !(await deps.shares.countDownload(jobId, shareId))) {
      await answer.body?.cancel();
      return nowhere(c);
    }
    deleteOnceDelivered(c, deps, job, { answer, stored });
    return answer;
  });
}

/** Where ranges are served, what goes on with a broken download is none of its own. */
function beginsDownload(c: Context<AppEnv>, { status, headers }: Response): boolean {
  if (c.req.method !== 'GET') return false;
  return status === 200 || (status === 206 && headers.get('Content-Range')?.startsWith('bytes 0-') === true);
}

/** What the result's owner would be told of it in so many words. */
const ends: ReadonlySet<string> = new Set<ErrorCode>(['OUTPUT_EXPIRED', 'INPUT_CHANGED']);

async function orNowhere(c: Context<AppEnv>, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Failure && ends.has(error.code)) return nowhere(c);
    throw error;
  }
}

function unlessRefused<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function nowhere(c: Context<AppEnv>): Response | Promise<Response> {
  c.header('Cache-Control', 'no-store');
  return c.html(NOWHERE_PAGE, 404);
}
