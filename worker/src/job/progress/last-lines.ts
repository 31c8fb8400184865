/** The end of a text that arrives piece by piece and may be long and hostile: FFmpeg's stderr, kept for whoever asks why. */
const MAX_LINES = 20;
const MAX_LINE_LENGTH = 200;

export class LastLines {
  readonly #lines: string[] = [];
  #rest = '';

  /** The next piece, cut anywhere. */
  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n|\r/);
    // Of a line that does not end, its beginning is enough.
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    this.#lines.push(...lines.map(tame).filter((line) => line !== ''));
    this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }

  /** At most 20 lines of at most 200 characters, the last one last, without control characters. */
  lines(): string[] {
    const rest = tame(this.#rest);
    return (rest === '' ? [...this.#lines] : [...this.#lines, rest]).slice(-MAX_LINES);
  }
}

function tame(line: string): string {
  return line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_LINE_LENGTH);
}
