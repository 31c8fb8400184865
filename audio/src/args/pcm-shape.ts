/** One shape of sound: what a stream of plain samples has to be told beside its bytes. */

/** The rate, the channels and the kind of sample that stay the same from the first byte to the last. */
export interface PcmShape {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** FFmpeg's name of the layout; undefined for channels that nobody has named. */
  readonly layout: string | undefined;
  /** Wide enough for every sample of the source: 32-bit float holds 24-bit integers exactly, double 32-bit ones. */
  readonly samples: 'f32le' | 'f64le';
}

/** FFmpeg's names of the same two kinds within its filters. */
export const sampleFormats = { f32le: 'flt', f64le: 'dbl' } as const satisfies Record<
  PcmShape['samples'],
  string
>;

/** The layout as FFmpeg's options take it. Its own name for unnamed channels is their number. */
export function layoutName({ layout, channels }: Pick<PcmShape, 'layout' | 'channels'>): string {
  return layout ?? `${channels}c`;
}
