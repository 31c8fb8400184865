/**
 * Links to a job's result, kept on the job's record: so they end with the job, whoever ends it, and no second record
 * can say otherwise. A link's token is the job's id and a secret of 256 bits, of which only a hash is stored.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { Job } from '@wavefleet/contracts/job.ts';
import { MAX_SHARES_OF_JOB, type Share, shareState } from '@wavefleet/contracts/shares.ts';
import { updateJob } from './change.ts';
import type { JobStore } from './store.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
/** Both of them in base64url, which needs no padding for 48 bytes. */
const tokenPattern = /^[\w-]{64}$/;
/** The names that all expressions below use. */
const SHARES = { '#shares': 'shares' };

/** A link that works now, and what it leads to. */
export interface OpenShare {
  readonly shareId: string;
  readonly share: Share;
  readonly job: Job;
}

export class JobShares {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #jobs: Pick<JobStore, 'get'>;

  constructor(dynamo: DynamoDBDocumentClient, table: string, jobs: Pick<JobStore, 'get'>) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#jobs = jobs;
  }

  /**
   * Makes a link. The token is nowhere but in the answer. Links that have ended make room.
   * @param job as just read.
   * @param asked.expiresAt epoch ms.
   * @throws Failure SHARES_LIMIT, JOB_NOT_FOUND when the job was deleted meanwhile. SDK errors.
   */
  async make(
    { jobId, shares: known }: Job,
    asked: Pick<Share, 'expiresAt' | 'maxDownloads'>,
  ): Promise<{ shareId: string; token: string; share: Share }> {
    const secret = randomBytes(SECRET_BYTES);
    const shareId = randomUUID();
    const share: Share = {
      ...asked,
      hash: hashOf(secret),
      createdAt: new Date().toISOString(),
      downloads: 0,
    };
    const made = { shareId, token: tokenOf(jobId, secret), share };
    if (known === undefined && (await this.#addFirst(jobId, shareId, share))) return made;
    let ended = endedOf(known);
    while (!(await this.#add(jobId, shareId, share, ended))) {
      const job = await this.#jobs.get(jobId);
      if (job === undefined) throw new Failure('JOB_NOT_FOUND');
      // Made by a try whose answer was lost: it may have taken the last place, or those of ended ones.
      if (job.shares?.[shareId] !== undefined) return made;
      const seen = ended;
      ended = endedOf(job.shares);
      // Whoever made one at the same moment has taken away what had ended: there may be room all the same.
      const isFull = Object.keys(job.shares ?? {}).length - ended.length >= MAX_SHARES_OF_JOB;
      if (isFull || seen.join() === ended.join())
        throw new Failure('SHARES_LIMIT', { detail: { limit: MAX_SHARES_OF_JOB } });
    }
    return made;
  }

  /** DynamoDB sets no member of a map that is not there. */
  async #addFirst(jobId: string, shareId: string, share: Share): Promise<boolean> {
    const job = await updateJob(this.#dynamo, this.#table, jobId, {
      set: '#shares = :shares',
      touches: false,
      condition: 'attribute_exists(jobId) AND attribute_not_exists(#shares)',
      names: SHARES,
      values: { ':shares': { [shareId]: share } },
    });
    return job !== undefined;
  }

  async #add(jobId: string, shareId: string, share: Share, ended: readonly string[]): Promise<boolean> {
    const names = Object.fromEntries(ended.map((id, index) => [`#ended${index}`, id]));
    const job = await updateJob(this.#dynamo, this.#table, jobId, {
      set: '#shares.#id = :share',
      remove:
        ended.length === 0
          ? undefined
          : Object.keys(names)
              .map((name) => `#shares.${name}`)
              .join(', '),
      touches: false,
      // Counted before the ended ones go; of two that saw the same ones, one takes their places.
      condition: [
        'attribute_exists(#shares) AND size(#shares) < :limit',
        ...Object.keys(names).map((name) => `attribute_exists(#shares.${name})`),
      ].join(' AND '),
      names: { ...SHARES, '#id': shareId, ...names },
      values: { ':share': share, ':limit': MAX_SHARES_OF_JOB + ended.length },
    });
    return job !== undefined;
  }

  /** What the token leads to, or undefined: whether it never did, or no longer does, is not told. @throws SDK errors. */
  async open(token: string, now = Date.now()): Promise<OpenShare | undefined> {
    const read = readToken(token);
    const job = read && (await this.#jobs.get(read.jobId));
    if (read === undefined || job === undefined) return undefined;
    for (const [shareId, share] of Object.entries(job.shares ?? {})) {
      if (!isEqual(share.hash, hashOf(read.secret))) continue;
      return shareState(share, now) === 'works' ? { shareId, share, job } : undefined;
    }
    return undefined;
  }

  /**
   * Counts one download, unless the link has ended or was revoked by now: of two at once, the last one that may is
   * one. Counted by a try whose answer was lost, it is not counted again, and may. Answers whether it may. @throws SDK errors.
   */
  async countDownload(jobId: string, shareId: string, now = Date.now()): Promise<boolean> {
    const download = randomUUID();
    const job = await updateJob(this.#dynamo, this.#table, jobId, {
      set: '#shares.#id.downloads = #shares.#id.downloads + :one, #shares.#id.lastDownload = :download',
      touches: false,
      condition: [
        'attribute_exists(#shares.#id) AND #shares.#id.expiresAt > :now',
        '(attribute_not_exists(#shares.#id.maxDownloads) OR #shares.#id.downloads < #shares.#id.maxDownloads)',
        '(attribute_not_exists(#shares.#id.lastDownload) OR #shares.#id.lastDownload <> :download)',
      ].join(' AND '),
      names: { ...SHARES, '#id': shareId },
      values: { ':one': 1, ':now': now, ':download': download },
    });
    if (job !== undefined) return true;
    return (await this.#jobs.get(jobId))?.shares?.[shareId]?.lastDownload === download;
  }

  /**
   * Ends a link for good. Answers false when there is none of that id. One that was there when the job was read, and is not
   * now, has been ended: by a try whose answer was lost, or by somebody else. @param job as just read. @throws SDK errors.
   */
  async revoke({ jobId, shares = {} }: Pick<Job, 'jobId' | 'shares'>, shareId: string): Promise<boolean> {
    const job = await updateJob(this.#dynamo, this.#table, jobId, {
      remove: '#shares.#id',
      touches: false,
      condition: 'attribute_exists(#shares.#id)',
      names: { ...SHARES, '#id': shareId },
      values: {},
    });
    return job !== undefined || Object.hasOwn(shares, shareId);
  }
}

function endedOf(shares: Job['shares'] = {}): string[] {
  const now = Date.now();
  return Object.entries(shares)
    .filter(([, share]) => shareState(share, now) !== 'works')
    .map(([shareId]) => shareId);
}

function tokenOf(jobId: string, secret: Buffer): string {
  return Buffer.concat([Buffer.from(jobId.replaceAll('-', ''), 'hex'), secret]).toString('base64url');
}

/** Undefined for what is no token of this making. */
function readToken(token: string): { readonly jobId: string; readonly secret: Buffer } | undefined {
  if (!tokenPattern.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const hex = bytes.subarray(0, ID_BYTES).toString('hex');
  const jobId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { jobId, secret: bytes.subarray(ID_BYTES) };
}

function hashOf(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** In a time that tells nothing of where they differ. */
function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
