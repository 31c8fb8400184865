/** A server in memory whose line can be cut: for the tests of the upload engine. */
import { noAnswer, Problem } from '@wavefleet/client/problem.ts';
import type { FileToSend, Transport, UploadSession } from './transport.ts';

export class BadServer implements Transport {
  /** Files up to this size are sent whole. */
  wholeBytes = 0;
  readonly log: string[] = [];
  readonly parts = new Map<number, string>();
  /** How often `send` fails before it works again. */
  dropsAhead = 0;
  /** While set, parts wait here after half of their bytes. */
  gate: Promise<void> | undefined;
  refusal: Problem | undefined;
  discardTrouble: Problem | undefined;
  most = 0;
  known: string | undefined;
  assembled = false;
  #opened = 0;
  #busy = 0;
  readonly #partBytes: number;
  #partCount = 0;

  constructor(partBytes: number) {
    this.#partBytes = partBytes;
  }

  async open(file: FileToSend): Promise<UploadSession> {
    if (this.refusal !== undefined) throw this.refusal;
    this.#opened += 1;
    this.known = `file-${this.#opened}`;
    this.#partCount = Math.ceil(file.size / this.#partBytes);
    this.log.push(`open ${file.name}`);
    return this.#session();
  }

  async sendWhole(file: FileToSend, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string> {
    if (this.refusal !== undefined) throw this.refusal;
    this.log.push(`whole ${file.name}`);
    await this.send(undefined, 1, file.slice(0, file.size), onSent, signal);
    this.#opened += 1;
    this.known = `file-${this.#opened}`;
    this.assembled = true;
    return this.known;
  }

  async look(fileId: string): Promise<UploadSession> {
    this.log.push(`look ${fileId}`);
    if (fileId !== this.known)
      throw new Problem('UPLOAD_NOT_FOUND', 'There is no such upload.', { status: 404 });
    return this.#session();
  }

  async send(
    _session: UploadSession | undefined,
    part: number,
    bytes: Blob,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#busy += 1;
    this.most = Math.max(this.most, this.#busy);
    try {
      onSent(Math.floor(bytes.size / 2));
      await this.gate;
      signal.throwIfAborted();
      if (this.dropsAhead > 0) {
        this.dropsAhead -= 1;
        throw noAnswer();
      }
      onSent(bytes.size);
      this.parts.set(part, await bytes.text());
    } finally {
      this.#busy -= 1;
    }
  }

  async complete(): Promise<void> {
    this.assembled = true;
    this.log.push('complete');
  }

  async discard(fileId: string): Promise<void> {
    this.log.push(`discard ${fileId}`);
    if (this.discardTrouble !== undefined) throw this.discardTrouble;
    this.known = undefined;
  }

  content(): string {
    return [...this.parts.entries()]
      .sort(([a], [b]) => a - b)
      .map(([, text]) => text)
      .join('');
  }

  #session(): UploadSession {
    return {
      fileId: this.known ?? '',
      partBytes: this.#partBytes,
      partCount: this.#partCount,
      present: new Set(this.parts.keys()),
      receivedBytes: this.content().length,
      complete: this.assembled,
    };
  }
}
