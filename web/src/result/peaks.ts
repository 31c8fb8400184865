/** The loudest sample, either way and of any channel, of each of `count` equal spans: what a waveform is drawn from. */
export function peaksOf(channels: readonly Float32Array[], count: number): Float32Array {
  const length = channels[0]?.length ?? 0;
  const peaks = new Float32Array(Math.min(count, length));
  const span = length / peaks.length;
  for (let i = 0; i < peaks.length; i += 1) {
    const end = Math.floor((i + 1) * span);
    let peak = 0;
    for (const samples of channels) {
      for (let at = Math.floor(i * span); at < end; at += 1) {
        const value = Math.abs(samples[at] ?? 0);
        if (value > peak) peak = value;
      }
    }
    peaks[i] = peak;
  }
  return peaks;
}
