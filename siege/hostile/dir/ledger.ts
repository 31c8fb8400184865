/** What became of each file, a line of JSON each: written as files end, read again by the next run. */
import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';

const lineSchema = z.object({
  /** Below the folder. */
  file: z.string(),
  sizeBytes: z.int(),
  state: z.enum(['completed', 'failed', 'refused', 'hang', '5xx']),
  code: z.string().nullable(),
  warnings: z.array(z.string()),
  seconds: z.number(),
  /** The largest FFmpeg that was seen; null where none was. */
  ffmpegPeakBytes: z.number().nullable(),
});
/** See the schema. */
export type Line = z.infer<typeof lineSchema>;

export class Ledger {
  readonly #path: string;
  /** Of this run and of those before, in their order. */
  readonly lines: Line[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Goes on with the file of an earlier run, whose last line may be cut. */
  static async open(path: string): Promise<Ledger> {
    const ledger = new Ledger(path);
    const text = await readFile(path, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const parsed = lineSchema.safeParse(parsedJson(line));
      if (parsed.success) ledger.lines.push(parsed.data);
    }
    if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
    return ledger;
  }

  /** Whether nothing is known of a file of that size, or only that it hung. */
  isOpen(file: string, sizeBytes: number): boolean {
    return !this.lines.some(
      (line) => line.file === file && line.sizeBytes === sizeBytes && line.state !== 'hang',
    );
  }

  /** Resolves when the line is on the disk. */
  async add(line: Line): Promise<void> {
    this.lines.push(line);
    this.#writing = this.#writing.then(() => appendFile(this.#path, `${JSON.stringify(line)}\n`));
    await this.#writing;
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // the end of a run that was killed
  }
}
