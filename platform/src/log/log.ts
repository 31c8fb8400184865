/**
 * The log: one JSON line for each event, of those in `table.ts` and no others, written to standard output.
 *
 * What never gets into it: presigned URLs, tokens, names of uploaded files. Rows have no fields for them, and redaction
 * is the second line of defence.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import { pino } from 'pino';
import { errorText } from './error-text.ts';
import type { Level, Row } from './row.ts';
import { type FieldsOf, type LineName, lines } from './table.ts';

/** Ids that belong to all lines about one job or request. */
export interface Bound {
  readonly jobId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
}

/** Fields may be left out where none is required. */
type Given<Name extends LineName> =
  Record<never, never> extends FieldsOf<Name> ? [fields?: FieldsOf<Name>] : [fields: FieldsOf<Name>];

/** Says what has happened. */
export interface Log {
  /** Writes one line: level and message are the table's. Under `err` goes what was thrown, as it is. */
  say<Name extends LineName>(name: Name, ...fields: Given<Name>): void;
  /** Whether lines of this level are written: asked before work that is only done for one. */
  hears(level: Level): boolean;
  /** A log whose lines carry these ids as well. */
  child(bound: Bound): Log;
  /**
   * Does the work, and every line said meanwhile carries the ids of this log, whoever says it: so a call to AWS tells
   * for which job it was made. Also what the work leaves running behind it.
   */
  within<T>(work: () => T): T;
}

/**
 * @param service shown in every line, e.g. `api` or `worker`.
 * @param level lowest level that is written; `silent` for none.
 * @param instance which of several processes speaks. Default: lines do not say.
 * @param to where lines go. Default: standard output.
 */
export function makeLog(service: string, level: string, instance?: string, to?: Writable): Log {
  const options: pino.LoggerOptions = {
    level,
    base: instance === undefined ? { service } : { service, instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: errorText },
    redact: ['authorization', 'cookie', '*.authorization', '*.cookie', 'url.search', '*.presignedUrl'],
    hooks: { streamWrite: escapeControls },
  };
  const sink = to === undefined ? pino(options) : pino(options, to);
  return new PinoLog(sink, {}, new AsyncLocalStorage<Bound>());
}

class PinoLog implements Log {
  readonly #sink: pino.Logger;
  /** For lines that are written at any level. */
  readonly #always: pino.Logger;
  readonly #bound: Bound;
  readonly #flow: AsyncLocalStorage<Bound>;

  constructor(sink: pino.Logger, bound: Bound, flow: AsyncLocalStorage<Bound>) {
    this.#sink = sink;
    this.#always = sink.level === 'silent' ? sink : sink.child({}, { level: 'trace' });
    this.#bound = bound;
    this.#flow = flow;
  }

  say<Name extends LineName>(name: Name, ...[fields]: Given<Name>): void {
    const { level, message, always }: Row = lines[name];
    const sink = always === true ? this.#always : this.#sink;
    if (!sink.isLevelEnabled(level)) return;
    // One object, so that no key can stand in a line twice; pino's own children would not see to that.
    sink[level]({ event: name, ...this.#ids(), ...fields }, message);
  }

  hears(level: Level): boolean {
    return this.#sink.isLevelEnabled(level);
  }

  child(bound: Bound): Log {
    return new PinoLog(this.#sink, { ...this.#bound, ...bound }, this.#flow);
  }

  within<T>(work: () => T): T {
    return this.#flow.run(this.#ids(), work);
  }

  #ids(): Bound {
    return { ...this.#flow.getStore(), ...this.#bound };
  }
}

/** Whole ms since `performance.now()` was that, for a line's `ms`. */
export function msSince(startedAtMs: number): number {
  return Math.round(performance.now() - startedAtMs);
}

/** What JSON leaves as it is and terminals obey: C1 controls, and what turns the direction of text. */
const obeyed = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escapeControls(line: string): string {
  return line.replace(obeyed, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
