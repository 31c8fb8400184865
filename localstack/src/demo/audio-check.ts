/** What an audio file really holds: its own header by ffprobe, its sound by decoding every sample. */
import { execa } from 'execa';
import { z } from 'zod';

export interface MeasuredAudio {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Counted from decoded samples, not from a header. */
  readonly durationSeconds: number;
  /** RMS level of a mono mix in dB below full scale; −Infinity for silence. */
  readonly levelDb: number;
  readonly tags: Record<string, string>;
  readonly hasCover: boolean;
}

/** Decoding rate: enough to count time to an eighth of a millisecond. */
const RATE_HZ = 8_000;

const tagsSchema = z.record(z.string(), z.string()).default({});
const probeSchema = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string().optional(),
      sample_rate: z.coerce.number().optional(),
      channels: z.number().optional(),
      disposition: z.object({ attached_pic: z.number() }),
      tags: tagsSchema,
    }),
  ),
  format: z.object({ tags: tagsSchema }),
});

/** @throws when the file cannot be opened, decoded without complaint, or holds no audio. */
export async function measureAudio(path: string): Promise<MeasuredAudio> {
  const { stdout } = await execa('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_streams', '-show_format'],
    ...['-i', `file:${path}`],
  ]);
  const { streams, format } = probeSchema.parse(JSON.parse(stdout));
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  if (audio === undefined) throw new Error(`${path} holds no audio`);
  const { samples, power } = await decode(path);
  const tags = { ...format.tags, ...audio.tags };
  return {
    codec: audio.codec_name ?? '',
    sampleRate: audio.sample_rate ?? 0,
    channels: audio.channels ?? 0,
    durationSeconds: samples / RATE_HZ,
    levelDb: 10 * Math.log10(power / samples),
    tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value])),
    hasCover: streams.some((stream) => stream.disposition.attached_pic === 1),
  };
}

async function decode(path: string): Promise<{ samples: number; power: number }> {
  const child = execa(
    'ffmpeg',
    [
      ...['-nostdin', '-v', 'error', '-xerror', '-i', `file:${path}`, '-map', '0:a:0'],
      ...['-ac', '1', '-ar', String(RATE_HZ), '-f', 'f32le', 'pipe:1'],
    ],
    { buffer: false, stdin: 'ignore' },
  );
  let samples = 0;
  let power = 0;
  let rest = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += 4) power += bytes.readFloatLE(at) ** 2;
    samples += whole / 4;
    rest = bytes.subarray(whole);
  });
  await child;
  return { samples, power };
}
