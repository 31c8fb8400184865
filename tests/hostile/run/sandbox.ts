/** What a program in FFmpeg's place tries to do against its sandbox. */

/** How many of its attempts were refused. */
export interface SandboxFigures {
  readonly refused: number;
  readonly tried: number;
  /** What it could do, in sentences. */
  readonly shortfalls: readonly string[];
}

/** TODO(issue 13, sandbox): `attempts()` of `tests/sandbox`, once it is there. */
export async function trySandbox(): Promise<SandboxFigures> {
  return { refused: 0, tried: 0, shortfalls: [] };
}
