/** The loudest sample, either way, of each of `count` equal spans: what a waveform is drawn from. */
export function peaksOf(samples: Float32Array, count: number): Float32Array {
  const peaks = new Float32Array(Math.min(count, samples.length));
  const span = samples.length / peaks.length;
  for (let i = 0; i < peaks.length; i += 1) {
    const end = Math.floor((i + 1) * span);
    let peak = 0;
    for (let at = Math.floor(i * span); at < end; at += 1) {
      const value = Math.abs(samples[at] ?? 0);
      if (value > peak) peak = value;
    }
    peaks[i] = peak;
  }
  return peaks;
}
