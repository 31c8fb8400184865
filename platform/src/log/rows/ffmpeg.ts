/** FFmpeg and ffprobe: what was started, what they wrote, how they ended. Text of theirs may quote the file. */
import { z } from 'zod';
import { err, ms, type Rows } from '../row.ts';

/** Conversions are told at `info`; looking at files takes a moment and is told at `debug`. */
const started = {
  program: z.string(),
  /** After the sandbox's own: exactly what the program was given. */
  args: z.array(z.string()),
  pid: z.int(),
  totalSeconds: z.number(),
};
const ended = {
  program: z.string(),
  pid: z.int(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why we killed it ourselves. */
  killedFor: z.enum(['total-time', 'stall', 'output-size', 'output-time', 'stdout-size', 'abort']).nullable(),
  seconds: z.number(),
  /** At most 2,000 bytes. */
  stderrTail: z.string(),
};

export const ffmpegRows = {
  'ffmpeg.started': {
    level: 'info',
    criterion: 'R7.4',
    message: 'FFmpeg started',
    fields: {
      ...started,
      input: z.object({
        container: z.string(),
        codec: z.string(),
        durationSeconds: z.number().nullable(),
        sampleRate: z.int(),
        channels: z.int(),
      }),
    },
  },
  'ffmpeg.ended': {
    level: 'info',
    criterion: 'R7.6',
    message: 'FFmpeg ended',
    fields: ended,
  },
  'helper.started': {
    level: 'debug',
    criterion: 'R7.4',
    message: 'helper of a conversion started',
    fields: started,
  },
  'helper.ended': {
    level: 'debug',
    criterion: 'R7.6',
    message: 'helper of a conversion ended',
    fields: ended,
  },
  'ffmpeg.stderr': {
    level: 'debug',
    criterion: 'R7.5',
    message: 'stderr, as it came',
    fields: { program: z.string(), pid: z.int(), text: z.string() },
  },
  'ffmpeg.progress': {
    level: 'debug',
    criterion: 'R7.5',
    message: 'a block of FFmpeg’s progress, and the percent of the whole job made of it',
    fields: {
      writtenSeconds: z.number(),
      totalSeconds: z.number().nullable(),
      speed: z.number().nullable(),
      percent: z.number(),
    },
  },
  'split.joined': {
    level: 'info',
    criterion: 'R7.6',
    message: 'a result was made in segments, by several FFmpegs at once, and joined',
    fields: {
      segments: z.int(),
      /** Seconds of the result at which segments meet. */
      seams: z.array(z.number()),
      encodeMs: ms,
      joinMs: ms,
    },
    metric: { name: 'SplitConversions', unit: 'Count' },
  },
  'split.abandoned': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'segments of a result could not be joined reliably: one FFmpeg makes it',
    fields: { segments: z.int(), err },
    metric: { name: 'SplitsAbandoned', unit: 'Count' },
  },
  'split.unsettled': {
    level: 'info',
    criterion: 'R7.6',
    message: 'no place was found where segments of a result could meet: one FFmpeg makes it',
    fields: { segments: z.int(), err },
  },
  'split.unknown': {
    level: 'debug',
    criterion: 'R7.6',
    message: 'it is unknown whether jobs are waiting, so one FFmpeg makes the result',
    fields: { err },
  },
  'segment.stored': {
    level: 'info',
    criterion: 'R7.6',
    message: 'a segment of a very long result was stored, for any worker that continues the job',
    fields: { segment: z.int(), key: z.string(), sizeBytes: z.int(), ms },
  },
  'segment.taken-up': {
    level: 'info',
    criterion: 'R7.6',
    message: 'a segment stored earlier is used',
    fields: { segment: z.int(), key: z.string(), ms },
  },
  'segment.helped': {
    level: 'info',
    criterion: 'R7.6',
    message: 'a segment was made for the worker that joins them',
    fields: { segment: z.int(), ms },
    metric: { name: 'SegmentsHelped', unit: 'Count' },
  },
  'segment.not-helped': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'a segment could not be made for the worker that joins them, which makes it itself',
    fields: { segment: z.int(), err },
  },
  'segment.given-back': {
    level: 'info',
    criterion: 'R7.6',
    message: 'jobs are waiting: this worker leaves a segment to others, and takes a job',
    fields: { segment: z.int() },
  },
  'segment.not-removed': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'segments of a finished job could not be deleted: they are deleted with the job',
    fields: { jobId: z.string(), err },
  },
  'segment.different': {
    level: 'info',
    criterion: 'R7.6',
    message: 'this worker would cut other segments, and leaves the job to the worker that has it',
    fields: { segment: z.int() },
  },
  'segment.unknown': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'it is unknown which worker has which segment: this worker continues alone',
    fields: { err },
  },
  'segment.not-stored': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'a segment could not be stored: it has to be made again if this worker dies',
    fields: { segment: z.int(), key: z.string(), err },
  },
  'segment.not-read': {
    level: 'warn',
    criterion: 'R7.6',
    message: 'a segment stored earlier could not be read: it is made again',
    fields: { segment: z.int(), key: z.string(), err },
  },
  'ffmpeg.found': {
    level: 'info',
    criterion: 'R7.4',
    message: 'FFmpeg of this worker, and its sandbox',
    fields: {
      version: z.string(),
      build: z.enum(['audio-only', 'system']),
      sandbox: z.object({ means: z.array(z.string()), missing: z.array(z.string()) }),
    },
  },
  'ffmpeg.weak-sandbox': {
    level: 'warn',
    criterion: 'R7.4',
    message: 'FFmpeg runs with a weaker sandbox',
    fields: { by: z.string(), missing: z.array(z.string()) },
  },
  'ffmpeg.not-started': {
    level: 'error',
    criterion: 'R7.6',
    message: 'the operating system could not start the program',
    fields: { program: z.string(), err },
  },
} as const satisfies Rows;
