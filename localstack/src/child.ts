/** A child process of the fleet: output into a log file, readiness and end as promises, killed by id only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogFile } from './log-file.ts';

export interface ChildOptions {
  /** Path of the TypeScript file to run. */
  readonly entry: string;
  readonly name: string;
  readonly env: Record<string, string>;
  /** Flags for Node itself. Default none. */
  readonly nodeFlags?: readonly string[];
  /** Where stdout and stderr go. */
  readonly logFile: string;
}

/** What a child sends over IPC when it can be used; the rest of the message is the child's own. */
export type ReadyMessage = Record<string, unknown>;

export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** The first IPC message. Rejects when the child ends before. */
  readonly ready: Promise<ReadyMessage>;
  /** How it ended: exit code, or the signal's name. Never rejects. */
  readonly ended: Promise<number | string>;

  constructor({ entry, name, env, logFile, nodeFlags = [] }: ChildOptions) {
    mkdirSync(dirname(logFile), { recursive: true });
    const log = new LogFile(logFile);
    this.name = name;
    // Its own process group: Ctrl-C reaches the parent alone, which then stops the children in order.
    this.process = spawn(process.execPath, [...nodeFlags, entry], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout?.pipe(log, { end: false });
    this.process.stderr?.pipe(log, { end: false });
    let lastError = '';
    this.process.stderr?.on('data', (chunk: Buffer) => {
      lastError = `${lastError}${chunk.toString()}`.slice(-2_000);
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        log.end();
        resolve(code ?? signal ?? 'unknown');
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.process.once('message', (message) => resolve(message as ReadyMessage));
      void this.ended.then((how) =>
        reject(new Error(`${name} ended (${how}) before it was ready.\n${lastError}`)),
      );
    });
    // Whoever awaits `ready` sees the rejection; nobody has to.
    this.ready.catch(() => undefined);
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get alive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Sends the signal and waits for the end; after `graceMs` the child is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 120_000): Promise<number | string> {
    if (this.alive) this.process.kill(signal);
    const kill = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    const how = await this.ended;
    clearTimeout(kill);
    return how;
  }
}
