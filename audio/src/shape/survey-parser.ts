/** What FFmpeg says of the shapes that a stream has, read line by line. */

/** A stretch of sound of one shape. */
export interface Stretch {
  /** Hz. */
  readonly sampleRate: number;
  /** FFmpeg's name of the layout, or of a number of channels that nobody has named. */
  readonly layout: string;
  /** FFmpeg's name of the kind of sample. */
  readonly sampleFormat: string;
  /** Decoded samples of each channel. */
  readonly samples: number;
}

/** Wordings of 5.1 and 7.1, which name the graph differently. */
const newGraph = /^\[graph_\S+ @ \S+\] tb:\S+ samplefmt:(\w+) samplerate:(\d+) chlayout:(.+)$/;
const endOfGraph = /^\[Parsed_astats_0 @ \S+\] Number of samples: (\d+)/;
/** A line of a hostile file may have no end. */
const LONGEST_LINE = 1_000;

/** Takes FFmpeg's stderr at level `verbose`, cut anywhere. */
export class SurveyParser {
  readonly stretches: Stretch[] = [];
  #graph: Omit<Stretch, 'samples'> | undefined;
  #rest = '';

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const [, sampleFormat, sampleRate, layout] = newGraph.exec(line) ?? [];
    if (sampleFormat !== undefined && sampleRate !== undefined && layout !== undefined) {
      this.#graph = { sampleFormat, sampleRate: Number(sampleRate), layout };
      return;
    }
    const samples = endOfGraph.exec(line)?.[1];
    if (samples === undefined || this.#graph === undefined) return;
    this.stretches.push({ ...this.#graph, samples: Number(samples) });
    this.#graph = undefined;
  }
}
