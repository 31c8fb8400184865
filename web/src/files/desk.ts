/**
 * The desk: the files that the user is working with, from the drop to the last result. Uploads begin at once; what is
 * to become of a file may be said while it is still on its way.
 */

import { Problem } from '@wavefleet/client/problem.ts';
import type { JobView, RetryBody, Submitted } from '@wavefleet/contracts/http.ts';
import { shownName } from '@wavefleet/contracts/names.ts';
import type { Conversion } from '../convert/conversion.ts';
import type { FileFacts } from '../convert/file-facts.ts';
import type { Jobs } from '../progress/jobs.ts';
import type { Store } from '../store.ts';
import type { Refusal } from '../upload/check-file.ts';
import type { TaskDeps } from '../upload/upload-task.ts';
import { type Card, hasJobs } from './card.ts';
import { CardList } from './card-list.ts';
import type { DeskMemory } from './desk-memory.ts';
import type { FileHandles, ReopenableFile } from './file-handles.ts';
import { conversionOf, newCard, planned } from './new-card.ts';
import { cardsOfStrangers, sentElsewhere } from './other-tabs.ts';
import { checkRestored, restoredCard } from './restore.ts';
import { Submissions } from './submissions.ts';
import { UploadQueue } from './upload-queue.ts';

/** What the desk needs of the world. */
export interface DeskDeps extends TaskDeps {
  readonly jobs: Pick<Jobs, 'load' | 'lookBack' | 'all'>;
  readonly memory: DeskMemory;
  readonly handles: Pick<FileHandles, 'keep' | 'drop' | 'has' | 'open'>;
  readonly check: (file: File) => Refusal | undefined;
  readonly readFacts: (file: File) => Promise<FileFacts | undefined>;
  readonly submit: (fileId: string, conversion: Conversion, key: string) => Promise<Submitted>;
  readonly retry: (jobId: string, changes: RetryBody, key: string) => Promise<Submitted>;
  readonly newId: () => string;
}

/** A file that the user brings; `handle` where the browser can open it again after a reload. */
export interface AddedFile {
  readonly file: File;
  /** Set where the user has not named it, but a folder around it. */
  readonly inFolder?: true;
  readonly handle?: ReopenableFile | undefined;
}

/** What the user does to files. Nothing is thrown unless said: what goes wrong shows on the card. */
export class Desk {
  readonly #deps: DeskDeps;
  readonly #cards: CardList;
  readonly #uploads: UploadQueue;
  readonly #submissions: Submissions;
  readonly #refused = new Map<string, File>();
  /** Keys of retries that have no answer yet. */
  readonly #retryKeys = new Map<string, string>();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.#cards = new CardList(deps.memory);
    this.#uploads = new UploadQueue(this.#cards, deps);
    const load = (jobId: string) => deps.jobs.load(jobId);
    this.#submissions = new Submissions(this.#cards, { ...deps, load });
    this.#uploads.onDone = (id) => {
      void deps.handles.drop(id);
      void this.#submissions.run(id);
    };
  }

  get cards(): Store<readonly Card[]> {
    return this.#cards.store;
  }

  /** Brings back what was there before a reload, and asks the server how far it is. */
  async restore(): Promise<void> {
    const { jobs, memory } = this.#deps;
    const restored = memory.load().map(restoredCard);
    this.#cards.put([...this.#cards.all, ...restored]);
    // Lists bring most of the jobs; only those that they do not hold are asked for one by one.
    const ordered = restored.flatMap(({ plans }) => plans).filter(({ jobId }) => jobId !== undefined);
    if (ordered.length > 0) await jobs.lookBack(ordered.length);
    await Promise.all(restored.map(({ id }) => this.#check(id)));
  }

  /** Another tab has changed what is remembered. */
  catchUp(): void {
    const sent = new Map(
      sentElsewhere(this.#cards.all, () => this.#deps.memory.look()).map((card) => [card.id, card]),
    );
    if (sent.size === 0) return;
    this.#cards.put(this.#cards.all.map((card) => sent.get(card.id) ?? card));
    for (const id of sent.keys()) void this.#check(id);
  }

  /** New files, on top of the list. One that an unfinished upload waits for goes on with that upload. */
  add(added: readonly AddedFile[]): void {
    const fresh: { card: Card; file: File }[] = [];
    for (const { file, handle } of added) {
      const waiting = this.#cards.all.find((card) => card.upload.phase === 'needsFile' && isSame(card, file));
      if (waiting !== undefined) {
        this.#uploads.begin(waiting.id, file, waiting.upload.fileId);
        continue;
      }
      const card = newCard(this.#deps.newId(), file, this.#deps.check(file));
      fresh.push({ card, file });
      if (handle !== undefined) void this.#deps.handles.keep(card.id, handle);
    }
    this.#cards.put([...fresh.map(({ card }) => card), ...this.#cards.all]);
    for (const { card, file } of fresh) {
      if (card.refusal === undefined) this.#open(card.id, file);
      else this.#refused.set(card.id, file);
    }
  }

  /** The user knows better than our look at the name. */
  insist(id: string): void {
    const file = this.#refused.get(id);
    if (file === undefined) return;
    this.#refused.delete(id);
    this.#cards.put(this.#cards.all.map((card) => (card.id === id ? newCard(id, file, undefined) : card)));
    this.#open(id, file);
  }

  /** Asks for these conversions of every file that waits for a choice. */
  convert(conversions: readonly Conversion[]): void {
    const { newId } = this.#deps;
    const staged = this.#cards.all.filter((card) => card.staged);
    // All at once: hundreds of files would be drawn and remembered hundreds of times.
    this.#cards.put(this.#cards.all.map((card) => (card.staged ? planned(card, conversions, newId) : card)));
    for (const { id } of staged) void this.#submissions.run(id);
  }

  /** Puts a file back among those that wait for a choice, for another format; or takes it out again. */
  stage(id: string, staged: boolean): void {
    this.#cards.change(id, { staged });
  }

  pause(id: string): void {
    this.#uploads.pause(id);
  }

  resume(id: string): void {
    this.#uploads.resume(id);
  }

  /** The line is back. */
  wake(): void {
    this.#uploads.wake();
  }

  /** After a reload: opens the file by its kept handle. Answers false when the user has to choose it. */
  async reopen(id: string): Promise<boolean> {
    const file = await this.#deps.handles.open(id);
    const card = this.#cards.get(id);
    if (card === undefined || file === undefined || !isSame(card, file)) return false;
    this.#uploads.begin(id, file, card.upload.fileId);
    return true;
  }

  /**
   * Takes a file off the desk. Jobs stay in the history. What no job needs is deleted from the server first: once it is
   * off the desk, nothing would lead to it any more.
   * @throws Problem when the server could not delete it; then it is still on the desk.
   */
  async dismiss(id: string): Promise<void> {
    const card = this.#cards.get(id);
    if (card === undefined) return;
    const { phase, fileId } = card.upload;
    if (phase === 'done' && fileId !== undefined && !hasJobs(card)) {
      await this.#deps.transport.discard(fileId).catch(unlessGone);
    }
    this.#cards.remove(id);
    this.#refused.delete(id);
    void this.#deps.handles.drop(id);
    await this.#uploads.cancel(card);
  }

  /** Plans that could not be submitted, once more. */
  submitAgain(id: string): void {
    void this.#submissions.again(id);
  }

  dropPlan(id: string, key: string): void {
    const card = this.#cards.get(id);
    if (card === undefined) return;
    const plans = card.plans.filter((plan) => plan.key !== key);
    this.#cards.change(id, { plans, staged: card.staged || plans.length === 0 });
  }

  /** Runs a failed or cancelled job again, in the place of the old one. @throws Problem. */
  async retry(jobId: string, changes: RetryBody): Promise<void> {
    const { jobId: next } = await this.#retryOnce(jobId, changes);
    await this.#deps.jobs.load(next);
    const view = this.#deps.jobs.all.value.get(next)?.view;
    for (const card of this.#cards.all) {
      const plan = card.plans.find((plan) => plan.jobId === jobId);
      if (plan === undefined) continue;
      const conversion = (view && conversionOf(view)) ?? plan.conversion;
      this.#cards.changePlan(card.id, { ...plan, conversion, jobId: next });
    }
    if (view !== undefined) this.adopt([view]);
  }

  /** When the answer is lost the user asks again: with the same key, that makes no second job. */
  async #retryOnce(jobId: string, changes: RetryBody): Promise<Submitted> {
    const order = JSON.stringify([jobId, changes]);
    const key = this.#retryKeys.get(order) ?? this.#deps.newId();
    this.#retryKeys.set(order, key);
    const submitted = await this.#deps.retry(jobId, changes, key);
    this.#retryKeys.delete(order);
    return submitted;
  }

  /** The job was deleted: nothing is left to show of it. */
  forgetJob(jobId: string): void {
    const card = this.#cards.all.find(({ plans }) => plans.some((plan) => plan.jobId === jobId));
    if (card === undefined) return;
    const plans = card.plans.filter((plan) => plan.jobId !== jobId);
    if (plans.length === 0 && !card.staged) this.#cards.remove(card.id);
    else this.#cards.change(card.id, { plans });
  }

  /** Jobs that run but lie on no card (another tab, a drop into the bucket) get one. */
  adopt(views: readonly JobView[]): void {
    const cards = cardsOfStrangers(views, this.#cards.all, () => this.#deps.memory.look());
    if (cards.length === 0) return;
    this.#cards.put([...cards, ...this.#cards.all]);
    for (const { id } of cards) void this.#check(id);
  }

  /** Brings a card that this tab has not made itself to what the server knows. */
  async #check(id: string): Promise<void> {
    const { jobs, handles, transport } = this.#deps;
    const loadJob = async (jobId: string) => jobs.all.value.has(jobId) || jobs.load(jobId);
    await checkRestored(id, this.#cards, { transport, handles, loadJob });
    await this.#submissions.run(id);
  }

  #open(id: string, file: File): void {
    this.#uploads.begin(id, file);
    void this.#deps.readFacts(file).then((facts) => {
      if (facts !== undefined) this.#cards.change(id, { facts });
    });
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Problem) || error.code !== 'UPLOAD_NOT_FOUND') throw error;
}

function isSame(card: Card, file: File): boolean {
  const isNamed = card.name === shownName(file.name);
  return isNamed && card.size === file.size && card.lastModified === file.lastModified;
}
