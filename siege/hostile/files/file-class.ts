/** What a class of hostile files is: the files, and what must become of each. */
import type { ConversionOptions } from '@wavefleet/contracts/request.ts';
import type { Seeds } from '../craft/seeds.ts';
import type { Ground } from '../run/ground.ts';

/** One file that is sent. */
export interface HostileFile {
  /** As it is sent; the ending is part of the attack. */
  readonly name: string;
  readonly make: (seeds: Seeds) => Buffer;
  /**
   * What may become of it, each in one line: an error code, or `completed` with codes of warnings that must be there,
   * or with a `!` in front must not.
   */
  readonly answers: readonly string[];
  /** Of the job. What is dropped has none, so such files are only uploaded. Default: none. */
  readonly options?: ConversionOptions;
  /** How it is declared. Default: as bytes. */
  readonly contentType?: string;
}

/** A class of the table in README.md. */
export interface FileClass {
  readonly id: string;
  readonly what: string;
  /** What must come of it, for the table. */
  readonly answer: string;
  /** Sent by upload and by drop, one job each. */
  readonly files?: readonly HostileFile[];
  /** What takes more than a file. Answers what fell short, in sentences. */
  readonly check?: (ground: Ground) => Promise<readonly string[]>;
  /** FFmpeg is watched by strace over these files: it opens nothing but them, and no socket. */
  readonly traced?: boolean;
  /** Its refusals come from decoding, and take as long as that does. */
  readonly slow?: boolean;
  /** Part of `npm test`. */
  readonly quick?: boolean;
}

/** Files of one content under several names, or of several contents that must be answered alike. */
export const alike = (
  answers: readonly string[],
  contents: Readonly<Record<string, (seeds: Seeds) => Buffer>>,
): HostileFile[] => Object.entries(contents).map(([name, make]) => ({ name, make, answers }));
