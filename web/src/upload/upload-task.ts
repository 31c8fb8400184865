/**
 * One file on its way to the server: whole when it is small, else parts side by side, pause and resume, and going on
 * after a dropped line. Holds no bytes itself: a part is a slice that the browser streams from the disk.
 */
import { asProblem, Problem } from '@wavefleet/client/problem.ts';
import { backoffMs, type Sleep } from '@wavefleet/client/wait.ts';
import { Store } from '../store.ts';
import type { Slots } from './slots.ts';
import { SpeedMeter } from './speed.ts';
import type { FileToSend, Transport, UploadSession } from './transport.ts';
import { newUpload, type UploadProblem, type UploadState } from './upload-state.ts';

/** Parts of one file at once. All files together share the slots, so this only keeps one file from taking them all. */
const PARTS_AT_ONCE = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Failures in a row, with nothing sent in between, after which the user is asked: about two minutes. */
const GIVE_UP_AFTER = 12;
/** Refusals that a fresh look at what the server has puts right. */
const curedByLooking = ['UPLOAD_INCOMPLETE', 'UPLOAD_COMPLETE', 'WRONG_PART_SIZE'];

/** Refusals of one request for all of a file; servers of before say the second. */
const tooLargeAtOnce: ReadonlySet<string> = new Set(['REQUEST_TOO_LARGE', 'UPLOAD_TOO_LARGE']);

/** What an upload needs of the world. `slots` is shared by all uploads. */
export interface TaskDeps {
  readonly transport: Transport;
  readonly slots: Slots;
  readonly sleep: Sleep;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  readonly random: () => number;
}

/** One upload. `state` tells how it goes; nothing is thrown. */
export class UploadTask {
  readonly state: Store<UploadState>;
  readonly #file: FileToSend;
  readonly #deps: TaskDeps;
  readonly #speed: SpeedMeter;
  #run: AbortController | undefined;
  #nap: AbortController | undefined;
  /** Bytes of parts that the server has, and of those on their way, by part number. */
  readonly #arrived = new Map<number, number>();
  readonly #moving = new Map<number, number>();

  /** @param fileId an upload that was begun before, to go on with. */
  constructor(file: FileToSend, deps: TaskDeps, fileId?: string) {
    this.#file = file;
    this.#deps = deps;
    this.#speed = new SpeedMeter(deps.now);
    this.state = new Store({ ...newUpload(file.size), ...(fileId === undefined ? {} : { fileId }) });
  }

  /** Begins, or goes on after a pause or a failure. Does nothing while it runs or when it is done. */
  start(): void {
    if (this.#run !== undefined || this.state.value.phase === 'done') return;
    const run = new AbortController();
    this.#run = run;
    this.#speed.reset();
    this.#show({ phase: 'preparing' });
    void this.#keepTrying(run.signal).finally(() => {
      if (this.#run === run) this.#run = undefined;
    });
  }

  /** Stops sending. What has arrived stays. */
  pause(): void {
    if (this.#run === undefined) return;
    this.#stop();
    this.#show({ phase: 'paused' });
  }

  /** The line is back: a nap before the next try ends now. */
  wake(): void {
    this.#nap?.abort();
  }

  /** Stops and has the server throw away what arrived. Failing to do so is harmless: the server tidies up by itself. */
  async cancel(): Promise<void> {
    this.#stop();
    const { fileId } = this.state.value;
    if (fileId !== undefined) await this.#deps.transport.discard(fileId).catch(() => undefined);
  }

  #stop(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#moving.clear();
  }

  async #keepTrying(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const onArrived = () => {
      failures = 0;
    };
    while (!signal.aborted) {
      try {
        await this.#attempt(signal, onArrived);
        return;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const problem = asProblem(error);
        const mayHelp = problem.retryable || curedByLooking.includes(problem.code);
        if (!mayHelp || failures > GIVE_UP_AFTER) {
          this.#run = undefined; // before it shows: who sees the failure may start it again at once
          this.#show({ phase: 'failed', problem: { code: problem.code, message: problem.message } });
          return;
        }
        this.#show({ phase: 'waiting', problem: waitsFor(problem) });
        const pauseMs = backoffMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, this.#deps.random);
        await this.#takeNap(Math.max(pauseMs, problem.retryAfterMs ?? 0), signal);
      }
    }
  }

  async #takeNap(ms: number, signal: AbortSignal): Promise<void> {
    const nap = new AbortController();
    this.#nap = nap;
    await this.#deps.sleep(ms, AbortSignal.any([nap.signal, signal])).catch(() => undefined);
    this.#speed.reset();
  }

  async #attempt(signal: AbortSignal, onArrived: () => void): Promise<void> {
    const isNew = this.state.value.fileId === undefined;
    const isSmall = this.#file.size <= this.#deps.transport.wholeBytes;
    if (isNew && isSmall && (await this.#sentWhole(signal))) return;
    const session = await this.#session(signal);
    const { transport } = this.#deps;
    this.#arrived.clear();
    for (const part of session.present) this.#arrived.set(part, this.#sizeOf(session, part));
    this.#show({ phase: 'sending', fileId: session.fileId });
    if (!session.complete) {
      await this.#sendMissing(session, signal, onArrived);
      signal.throwIfAborted();
      this.#show({ phase: 'finishing' });
      await transport.complete(session, signal);
      signal.throwIfAborted();
    }
    this.#showDone(session.fileId);
  }

  /** False when the server takes less in one request: parts may be smaller. */
  async #sentWhole(signal: AbortSignal): Promise<boolean> {
    const { transport, slots } = this.#deps;
    try {
      this.#show({ phase: 'sending' });
      await slots.use(signal, async () => {
        const fileId = await transport.sendWhole(this.#file, (sent) => this.#onSent(1, sent, signal), signal);
        if (signal.aborted) void transport.discard(fileId).catch(() => undefined);
        signal.throwIfAborted();
        this.#showDone(fileId);
      });
      return true;
    } catch (error) {
      if (error instanceof Problem && tooLargeAtOnce.has(error.code)) return false;
      throw error;
    } finally {
      this.#moving.clear();
    }
  }

  /** The upload that was begun, or a new one when there is none or the server has forgotten it. */
  async #session(signal: AbortSignal): Promise<UploadSession> {
    const { fileId } = this.state.value;
    const { transport } = this.#deps;
    if (fileId !== undefined) {
      try {
        return await transport.look(fileId, signal);
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'UPLOAD_NOT_FOUND') throw error;
      }
    }
    const session = await transport.open(this.#file, signal);
    // Remembered at once, so that a drop between here and the first part does not leave an orphan.
    if (!signal.aborted) this.#show({ fileId: session.fileId });
    else void transport.discard(session.fileId).catch(() => undefined);
    signal.throwIfAborted();
    return session;
  }

  async #sendMissing(session: UploadSession, signal: AbortSignal, onArrived: () => void): Promise<void> {
    const missing: number[] = [];
    for (let part = 1; part <= session.partCount; part += 1)
      if (!session.present.has(part)) missing.push(part);
    let failure: { error: unknown } | undefined;
    const lane = async (): Promise<void> => {
      for (;;) {
        const part = failure === undefined ? missing.shift() : undefined;
        if (part === undefined) return;
        try {
          await this.#deps.slots.use(signal, () => this.#sendPart(session, part, signal));
          onArrived();
        } catch (error) {
          // The parts beside this one may still arrive: they are let run, but no new one begins.
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, lane));
    if (failure !== undefined) throw failure.error;
  }

  async #sendPart(session: UploadSession, part: number, signal: AbortSignal): Promise<void> {
    const start = (part - 1) * session.partBytes;
    const bytes = this.#file.slice(start, start + this.#sizeOf(session, part));
    try {
      await this.#deps.transport.send(
        session,
        part,
        bytes,
        (sent) => this.#onSent(part, sent, signal),
        signal,
      );
      this.#arrived.set(part, bytes.size);
    } finally {
      this.#moving.delete(part);
    }
  }

  #onSent(part: number, bytes: number, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#moving.set(part, bytes);
    this.#speed.record(this.#sum());
    const sentBytes = Math.max(this.state.value.sentBytes, Math.min(this.#file.size, this.#sum()));
    const bytesPerSecond = this.#speed.bytesPerSecond();
    const left = this.#file.size - sentBytes;
    const secondsLeft = bytesPerSecond === null || bytesPerSecond < 1 ? null : left / bytesPerSecond;
    this.#show({ phase: 'sending', sentBytes, bytesPerSecond, secondsLeft });
  }

  #sum(): number {
    let sum = 0;
    for (const bytes of this.#arrived.values()) sum += bytes;
    for (const bytes of this.#moving.values()) sum += bytes;
    return sum;
  }

  #sizeOf(session: UploadSession, part: number): number {
    return Math.min(session.partBytes, this.#file.size - (part - 1) * session.partBytes);
  }

  #showDone(fileId: string): void {
    this.#show({
      phase: 'done',
      fileId,
      sentBytes: this.#file.size,
      secondsLeft: null,
      bytesPerSecond: null,
    });
  }

  #show(change: Partial<UploadState>): void {
    const next = { ...this.state.value, ...change };
    if (change.phase !== undefined && change.phase !== 'waiting' && change.phase !== 'failed') {
      const { problem: _solved, ...rest } = next;
      this.state.set(rest);
    } else {
      this.state.set(next);
    }
  }
}

/** Whoever only asks too often need not be told: that passes by itself. */
function waitsFor({ code, message, status }: Problem): UploadProblem {
  return status === 429 && code !== 'RATE_LIMITED' ? { code, message, isLimit: true } : { code, message };
}
