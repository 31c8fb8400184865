/**
 * E-mails of one process: what an owner is to be told is gathered, and told at once. The oldest record of an owner leads:
 * whoever takes it sends the e-mail, with all that waits besides.
 */
import { createHash } from 'node:crypto';
import type { Job } from '@wavefleet/contracts/job.ts';
import {
  type MailMessage,
  type StoredMail,
  unsubscribePath,
  wantsEmail,
} from '@wavefleet/contracts/mails.ts';
import { backoffMs } from '@wavefleet/platform/backoff.ts';
import { emailProblem } from '@wavefleet/platform/people/emailing.ts';
import { unsubscribeToken } from '@wavefleet/platform/people/unsubscribing.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';
import { BUSY, DONE, type Fate } from '../fate.ts';
import type { Hands } from '../hands.ts';
import { compose, MOST_TOLD, type Told } from './compose.ts';
import { linkTo } from './link.ts';
import type { Letter, Posted, Postman } from './postman.ts';

const LONGEST_PAUSE_MS = 900_000;
/** Jobs of an owner that are looked through for one that is not over. */
const LOOKED_THROUGH = 50;
/** Nobody is asked more often whether an owner's e-mail is due. */
const LEAST_WAIT_MS = 1_000;
/** One server takes all e-mails: to the hands it is one receiver. */
const MAIL_SERVER = { webhookId: 'mail', ownerId: 'mail' };

/** A record with its job. */
interface Entry {
  readonly mail: StoredMail;
  readonly job: Job;
}

export class Mailer {
  readonly #platform: Platform;
  readonly #hands: Hands;
  readonly #postman: Postman;

  constructor(platform: Platform, hands: Hands, postman: Postman) {
    this.#platform = platform;
    this.#hands = hands;
    this.#postman = postman;
  }

  /** @param receives how often this message was received. @throws SDK errors: then the message comes again. */
  async attempt({ mailId, ownerId }: MailMessage, receives: number): Promise<Fate> {
    const { mails, config } = this.#platform;
    const own = await mails.get(mailId);
    if (own === undefined || own.state !== 'pending') return DONE;
    if (own.notBefore > Date.now()) return await this.#hide(own, own.notBefore - Date.now());
    const oldest = await mails.oldestWaiting(ownerId);
    if (oldest !== undefined && oldest.id !== own.id && oldest.createdAt <= own.createdAt)
      return await this.#hide(own, Math.max(config.MAIL_GATHER_MS, LEAST_WAIT_MS));
    const waiting = await mails.waiting(ownerId);
    const gatherMs = own.tries > 0 ? 0 : await this.#gatherMs(own, waiting);
    if (gatherMs > 0) return await this.#hide(own, gatherMs);
    const over = this.#hands.take(MAIL_SERVER);
    if (over === undefined) return await this.#hide(own, backoffMs(receives, BUSY));
    try {
      return await this.#send(own, waiting);
    } finally {
      over();
    }
  }

  /** How long the e-mail that `own` leads waits for more to tell; 0: no longer. */
  async #gatherMs({ createdAt, ownerId }: StoredMail, waiting: readonly StoredMail[]): Promise<number> {
    const { history, config } = this.#platform;
    const now = Date.now();
    const leftMs = Date.parse(createdAt) + config.MAIL_LONGEST_GATHER_MS - now;
    if (leftMs <= 0) return 0;
    const newest = Math.max(...waiting.map((mail) => Date.parse(mail.createdAt)), Date.parse(createdAt));
    const quietMs = newest + config.MAIL_GATHER_MS - now;
    if (quietMs > 0) return Math.min(quietMs, leftMs);
    const page = await history.list(ownerId, { limit: LOOKED_THROUGH });
    const hasOpen = page.jobs.some(({ status }) => status === 'created' || status === 'processing');
    return hasOpen ? Math.min(Math.max(config.MAIL_GATHER_MS, LEAST_WAIT_MS), leftMs) : 0;
  }

  async #send(own: StoredMail, waiting: readonly StoredMail[]): Promise<Fate> {
    const { mails, accounts, config, log } = this.#platform;
    const { ownerId } = own;
    const leader = await mails.take(own.id);
    if (leader === undefined) return await this.#hide(own, LEAST_WAIT_MS);
    const others = waiting.filter(({ id, notBefore }) => id !== own.id && notBefore <= Date.now());
    const taken = [leader, ...present(await Promise.all(others.map(({ id }) => mails.take(id))))];
    const account = await accounts.get(ownerId);
    const setting = emailProblem(account, config) === undefined ? (account?.emailNotices ?? 'none') : 'none';
    const entries = present(await Promise.all(taken.map((mail) => this.#entryOf(mail, setting))));
    const token = account && unsubscribeToken(account);
    if (entries.length === 0 || account?.email === undefined || token === undefined) return DONE;

    const { letter, links } = await this.#letter(account.email, token, entries);
    const posted = await this.#postman.post(letter);
    this.#hands.took(MAIL_SERVER.webhookId, posted.ms);
    const about = { mailId: leader.id, ownerId, jobs: entries.length, tries: leader.tries };
    if (posted.problem === undefined) {
      await Promise.all(entries.map(({ mail }) => mails.end(mail, 'sent')));
      log.say('mail.sent', { ...about, ms: posted.ms });
      return DONE;
    }
    return await this.#notSent(leader, { entries, links, posted, about });
  }

  async #notSent(
    leader: StoredMail,
    {
      entries,
      links,
      posted: { ms, problem = '', isFinal },
      about,
    }: {
      readonly entries: readonly Entry[];
      readonly links: ReadonlyMap<string, string>;
      readonly posted: Posted;
      readonly about: { mailId: string; ownerId: string; jobs: number; tries: number };
    },
  ): Promise<Fate> {
    const { mails, config, log } = this.#platform;
    const pauseMs = backoffMs(leader.tries, { firstMs: config.MAIL_RETRY_BASE_MS, maxMs: LONGEST_PAUSE_MS });
    const noteOf = (mail: StoredMail) => ({ problem, shareId: links.get(mail.id) ?? mail.shareId });
    if (isFinal === true || Date.now() + pauseMs > leader.giveUpAt) {
      await Promise.all(entries.map(({ mail }) => mails.end(mail, 'given-up', noteOf(mail))));
      log.say('mail.given-up', { ...about, ms, problem });
      return DONE;
    }
    const notBefore = Date.now() + pauseMs;
    await Promise.all(entries.map(({ mail }) => mails.putOff(mail, notBefore, noteOf(mail))));
    log.say('mail.put-off', { ...about, ms, problem, pauseMs });
    return { kind: 'hide', ms: pauseMs };
  }

  /** Undefined for what its owner does not want to be told any more: nobody is told of it. */
  async #entryOf(mail: StoredMail, setting: Parameters<typeof wantsEmail>[0]): Promise<Entry | undefined> {
    const { mails, jobs } = this.#platform;
    const job = wantsEmail(setting, mail.asked) ? await jobs.get(mail.jobId) : undefined;
    if (job !== undefined) return { mail, job };
    await mails.end(mail, 'unwanted');
    return undefined;
  }

  /** With the ids of the links that it holds, by the ids of their records. */
  async #letter(
    to: string,
    token: string,
    entries: readonly Entry[],
  ): Promise<{ letter: Letter; links: Map<string, string> }> {
    const { PUBLIC_URL = '', MAIL_FROM = '' } = this.#platform.config;
    const isFailed = ({ job }: Entry) => job.status === 'failed';
    const failed = entries.filter(isFailed);
    const completed = entries.filter((entry) => !isFailed(entry));
    const links = new Map<string, string>();
    const told = await Promise.all(
      [...failed, ...completed].slice(0, MOST_TOLD).map(async ({ mail, job }): Promise<Told> => {
        const made = await linkTo(this.#platform, job, mail.shareId);
        if (made === undefined) return { job };
        links.set(mail.id, made.shareId);
        return { job, link: `${PUBLIC_URL}${made.path}` };
      }),
    );
    const unsubscribe = `${PUBLIC_URL}${unsubscribePath(token)}`;
    const counts = { completed: completed.length, failed: failed.length };
    const body = compose(told, counts, { history: `${PUBLIC_URL}/#/history`, unsubscribe });
    return {
      letter: { ...body, to, unsubscribeUrl: unsubscribe, messageId: idOf(entries, MAIL_FROM) },
      links,
    };
  }

  async #hide(mail: StoredMail, ms: number): Promise<Fate> {
    // Its message is not lost, and no second one is to be sent for it.
    await this.#platform.mails.seen(mail.id, Date.now() + ms);
    return { kind: 'hide', ms };
  }
}

/** The same for the same jobs. */
function idOf(entries: readonly Entry[], from: string): string {
  const ids = entries.map(({ mail }) => mail.id).sort();
  const domain = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return `<${createHash('sha256').update(ids.join()).digest('hex').slice(0, 32)}@${domain}>`;
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
