/** ffprobe's answer, checked at the door: it is made from a stranger's file. */
import { z } from 'zod';
import { textOf } from '../tags/text.ts';

/** ffprobe prints most numbers as text, and leaves out or writes `N/A` for what it does not know. */
const numberText = z
  .union([z.string(), z.number()])
  .optional()
  .transform((value) => {
    const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
    return Number.isFinite(parsed) ? parsed : undefined;
  });

/** Names and values of tags: bytes of the file, one character each. */
const tagsSchema = z
  // As pairs: a record of zod's would leave `__proto__` out, and nobody would hear of it.
  .preprocess((tags) => Object.entries(Object(tags)), z.array(z.tuple([z.string(), z.string()])))
  .transform((pairs) =>
    Object.fromEntries(pairs.map(([name, value]) => [textOfBytes(name), textOfBytes(value)])),
  );

const textOfBytes = (characters: string): string => textOf(Buffer.from(characters, 'latin1'));

const streamSchema = z.object({
  index: z.int().nonnegative(),
  codec_name: z.string().optional(),
  codec_type: z.string().optional(),
  sample_rate: numberText,
  channels: numberText,
  channel_layout: z.string().optional(),
  sample_fmt: z.string().optional(),
  bits_per_sample: numberText,
  bits_per_raw_sample: numberText,
  start_time: numberText,
  duration: numberText,
  nb_read_packets: numberText,
  disposition: z
    .object({ default: z.int().default(0), attached_pic: z.int().default(0) })
    .default({ default: 0, attached_pic: 0 }),
  tags: tagsSchema,
});
/** One stream of the file. */
export type ProbedStream = z.infer<typeof streamSchema>;

const chapterSchema = z.object({ start_time: numberText, end_time: numberText, tags: tagsSchema });

const packetSchema = z.object({ pts_time: numberText });

/** The part of ffprobe's JSON that we ask for. */
const probeJsonSchema = z.object({
  streams: z.array(streamSchema).default([]),
  chapters: z.array(chapterSchema).default([]),
  packets: z.array(packetSchema).default([]),
  format: z.object({
    format_name: z.string(),
    duration: numberText,
    nb_streams: z.int().nonnegative(),
    tags: tagsSchema,
  }),
});
/** What ffprobe said of a file. */
export type ProbeJson = z.infer<typeof probeJsonSchema>;

/**
 * Parses ffprobe's output; undefined when it is not what we asked for. All of it is ASCII but for what stands in tags,
 * which is in an encoding that each tag has for itself.
 */
export function parseProbeJson(output: Buffer): ProbeJson | undefined {
  let json: unknown;
  try {
    json = JSON.parse(output.toString('latin1'));
  } catch {
    return undefined; // a cut answer: the caller says what that means
  }
  return probeJsonSchema.safeParse(json).data;
}
