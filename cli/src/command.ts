/** What each command of `wavefleet` provides, and what it gets. */

/** What a command may use of its process. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line on stdout: what was asked for. */
  readonly print: (line: string) => void;
  /** One line on stderr: what went wrong. */
  readonly complain: (line: string) => void;
}

export interface Command {
  /** What users type. */
  readonly name: string;
  /** One line in the list of commands, without a full stop. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /**
   * @param args what follows the name.
   * @returns the exit code; 2 means that the command could not even begin.
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit code for what cannot even begin: unknown commands and options, unusable settings. */
export const UNUSABLE = 2;
