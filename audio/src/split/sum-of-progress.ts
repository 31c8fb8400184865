/** How far a result is that several processes make, told as of the one that there would be else. */
import type { EncodeProgress, RunSetting } from '../encode-options.ts';
import type { ConversionPlan } from '../plan/plan.ts';
import type { PlacedSegment } from './place-segments.ts';
import type { SplitPlan } from './plan-split.ts';

type Seen = Omit<EncodeProgress, 'readBytes'>;

/**
 * Tells once a round: FFmpeg speaks every 250 ms, each process in a moment of its own, and who passes on each word has the
 * second one wait for its next turn, until it is old.
 */
export class SumOfProgress {
  readonly #seen: (Seen | undefined)[];
  /** What each says that is none of its share of the result, in seconds. */
  readonly #before: readonly number[];
  /** The share of each, in seconds: behind it, it looks ahead. */
  readonly #share: readonly number[];
  readonly #onProgress: RunSetting['onProgress'];
  /** Those that go on, and have spoken before. */
  #goingOn = new Set<number>();
  /** Those that have spoken in this round. */
  readonly #spoken = new Set<number>();

  constructor(
    segments: readonly Pick<PlacedSegment, 'joined' | 'isLast'>[],
    { frameSamples }: Pick<SplitPlan, 'frameSamples'>,
    plan: Pick<ConversionPlan, 'md5' | 'sampleRate'>,
    onProgress: RunSetting['onProgress'],
  ) {
    this.#seen = segments.map(() => undefined);
    this.#before = segments.map(({ joined: { takesOver, firstFrame }, isLast }) => {
      // FFmpeg tells the time of the output that is furthest: the checksum of the source begins at its start.
      const isTimeOfSource = isLast && plan.md5 !== undefined;
      const frames = isTimeOfSource ? takesOver : takesOver - firstFrame;
      return (frames * frameSamples) / plan.sampleRate;
    });
    this.#share = segments.map(({ joined: { takesOver } }, index) => {
      const next = segments[index + 1]?.joined.takesOver ?? Number.POSITIVE_INFINITY;
      return ((next - takesOver) * frameSamples) / plan.sampleRate;
    });
    this.#onProgress = onProgress;
  }

  /** What the process of a segment says. */
  note(index: number, progress: Seen): void {
    this.#seen[index] = progress;
    // The second word of one, before others have spoken at all: nobody waits for those.
    if (this.#spoken.has(index)) this.#goingOn = new Set(this.#spoken);
    this.#goingOn.add(index);
    this.#spoken.add(index);
    if (this.#spoken.size < this.#goingOn.size) return;
    this.#spoken.clear();
    this.#tell();
  }

  /** Which part there is of a segment that no process of ours makes; never of the last one. */
  notePart(index: number, part: number): void {
    const writtenSeconds = (this.#before[index] ?? 0) + part * (this.#share[index] ?? 0);
    this.#seen[index] = { writtenSeconds, writtenBytes: null, speed: null };
    this.#tell();
  }

  /** It was made: nothing of it goes on. */
  ended(index: number): void {
    this.#goingOn.delete(index);
    this.#spoken.delete(index);
    const seen = this.#seen[index];
    if (seen !== undefined) this.#seen[index] = { ...seen, speed: null };
  }

  #tell(): void {
    const sum = (figure: (one: Seen, at: number) => number | null): number | null =>
      this.#seen.reduce<number | null>((total, one, at) => {
        const value = one === undefined ? null : figure(one, at);
        return value === null ? total : (total ?? 0) + value;
      }, null);
    const written = sum(({ writtenSeconds }, at) =>
      Math.min(this.#share[at] ?? 0, Math.max(0, writtenSeconds - (this.#before[at] ?? 0))),
    );
    this.#onProgress?.({
      writtenSeconds: written ?? 0,
      writtenBytes: sum(({ writtenBytes }) => writtenBytes),
      // Each reads the source for itself.
      readBytes: null,
      speed: sum(({ speed }) => speed),
    });
  }
}
