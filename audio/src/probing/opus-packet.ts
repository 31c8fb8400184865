/** Packets of Opus (RFC 6716). */

/** What Opus counts in, whatever was encoded. */
export const OPUS_RATE = 48_000;

const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960, 480, 960];
const CELT = [120, 240, 480, 960];

/** How many samples a packet holds: frames, each as long as its configuration says (§3.1). Undefined where there is none. */
export function opusSamples(packet: Buffer): number | undefined {
  const [toc, count = 0] = packet;
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const lengths = configuration < 12 ? SILK : configuration < 16 ? HYBRID : CELT;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : count & 63;
  return frames * (lengths[configuration & 3] ?? 0);
}
