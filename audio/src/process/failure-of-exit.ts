/** Why a child failed, in our codes. */
import type { ErrorCode } from '@wavefleet/contracts/error-codes.ts';
import { Failure } from '@wavefleet/contracts/failure.ts';
import { unsupportedInput } from '@wavefleet/contracts/sniff.ts';
import type { ChildEnd } from './child.ts';

/** What the child was doing: the same words mean another thing while a file is only being opened. */
export type ChildTask = 'probe' | 'convert';

const crashSignals = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSYS', 'SIGTRAP']);
/** A wrapper (or a shell in a test) that outlives a killed child answers 128 + the signal's number. */
const signalOfExit: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  133: 'SIGTRAP',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  152: 'SIGXCPU',
  153: 'SIGXFSZ',
  159: 'SIGSYS',
};

/** The exit code of FFmpeg and ffprobe when they end with an error of their own. */
const GAVE_UP = 1;
/** FFmpeg's exit code when more than two thirds of the frames could not be decoded. */
const TOO_MANY_DECODE_ERRORS = 69;

/** FFmpeg 5.1 gives up on such a file; the Matroska reader of 7.1 leaves the rest of the tracks out and goes on. */
export const tooManyStreams = /exceeds max_streams/;

/** The first match decides. Wordings are those of 5.1 and 7.1. */
const patterns: readonly (readonly [RegExp, ErrorCode])[] = [
  // FFmpeg reports this one as "Cannot allocate memory" too.
  [tooManyStreams, 'TOO_MANY_STREAMS'],
  [/Invalid sample rate/, 'UNSUPPORTED_SAMPLE_RATE'],
  [/Too many channels|Invalid number of channels|channels not set/, 'UNSUPPORTED_CHANNELS'],
  // Said with "Cannot allocate memory" where the file ends before its header does.
  [/Failed to read extradata/, 'CORRUPT_INPUT'],
  [/No space left on device|Disk quota exceeded/, 'DISK_FULL'],
  [/File too large/, 'OUTPUT_TOO_LARGE'],
  [
    /Cannot allocate memory|Resource temporarily unavailable|Error allocating|out of memory/i,
    'RESOURCE_LIMIT',
  ],
  // What strictness ends at: nothing else is told of the first frame that is wrong.
  // 7.1 says the second of all of them, and behind it that nothing came out.
  [/CRC (error|mismatch)|Header missing|Error processing packet in decoder/, 'CORRUPT_INPUT'],
  [/Protocol '?[^\n]*not on whitelist/, 'FORMAT_NOT_ALLOWED'],
  [/moov atom not found/, 'CORRUPT_INPUT'],
  [/matches no streams|does not contain any stream/, 'NO_AUDIO_STREAM'],
  [/Failed to (read frame size|find two consecutive MPEG audio frames)/, 'NO_DECODABLE_AUDIO'],
  [
    /Output file is empty|Empty output|Output file does not contain|received no packets/,
    'NO_DECODABLE_AUDIO',
  ],
  [/Cannot determine format of input stream/, 'NO_DECODABLE_AUDIO'],
  [/is not implemented|Not yet implemented in FFmpeg/, 'NO_DECODABLE_AUDIO'],
  [/Decoder \(codec [^)]*\) not found|Decoder not found|Cannot find a decoder/i, 'NO_DECODABLE_AUDIO'],
  [/sample rate (is )?not (set|specified)|unspecified sample (format|rate)/i, 'NO_DECODABLE_AUDIO'],
  // 7.1's second try of any decoder that did not open: the first took the channels along, however many there were. That
  // a header declares none is seen before (`probing/headers`).
  [/requires channel layout to be set/, 'CORRUPT_INPUT'],
];

/** Pictures, text and archives: FFmpeg has demuxers for them, users do not think of them as audio. */
const notMedia =
  /^(\w+_pipe|image2|gif|apng|tty|srt|ass|webvtt|subviewer\d?|microdvd|mpl2|sami|lrc|ffmetadata|rawvideo|ico|txd|xbin|bin|idf|adf)$/;

/** FFmpeg 5.1 says this of its last writes, when a disk was full, and answers 0 all the same; 7.1 does not. */
const lostItsEnd = /^Error (writing trailer of|closing file) /m;

/** Whether a child has done what it was told to. */
export function endedWell({ exitCode, stderr }: ChildEnd): boolean {
  return exitCode === 0 && !lostItsEnd.test(stderr);
}

/** Turns the end of a child into the Failure that the job carries. The whole of stderr is in `cause` alone. */
export function failureOfExit(end: ChildEnd, task: ChildTask): Failure {
  const how = end.signal ?? `exit ${end.exitCode}`;
  const cause = end.startError ?? new Error(`ffmpeg: ${end.killedFor ?? how}: ${end.stderr.slice(-4_096)}`);
  const code = codeOf(end, task);
  if (code === 'UNRECOGNISED_FORMAT' || code === 'FORMAT_NOT_ALLOWED')
    return unsupportedInput(code, { cause });
  return new Failure(code, diagnosed.has(code) ? { cause, detail: diagnosis(end) } : { cause });
}

/** Failures that nothing but FFmpeg's own words can explain. */
const diagnosed: ReadonlySet<ErrorCode> = new Set([
  'DECODER_CRASHED',
  'CONVERSION_FAILED',
  'CONVERSION_TIMEOUT',
]);
const TAIL_LINES = 5;
const TAIL_CHARACTERS = 500;

/** What its owner may see of how FFmpeg ended. */
function diagnosis({ exitCode, signal, stderr }: ChildEnd): Record<string, unknown> {
  return { exitCode: exitCode ?? null, signal: signal ?? null, stderrTail: harmlessTail(stderr) };
}

/** The last lines, without memory addresses, paths of ours and whatever a terminal would obey. */
function harmlessTail(stderr: string): string {
  return stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/not on whitelist/.test(line))
    .slice(-TAIL_LINES)
    .map((line) =>
      line
        .replace(/ @ 0x[\da-f]+/g, '')
        .replace(/(?<![\w.])\/[^\s:'"]+/g, '…')
        .replace(/\p{C}/gu, ''),
    )
    .join('\n')
    .slice(-TAIL_CHARACTERS);
}

/** The shell's exit code for a program that is not there, which the programs of the sandbox use as well. */
const NOT_FOUND = 127;

/** There is no such program: told by the operating system, or by what the sandbox puts in front of it. */
function isMissing({ startError, exitCode, stderr }: ChildEnd): boolean {
  const cause: unknown = startError?.cause;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return true;
  return exitCode === NOT_FOUND && /failed to execute [^\n]*: No such file or directory/.test(stderr);
}

function codeOf(end: ChildEnd, task: ChildTask): ErrorCode {
  if (isMissing(end)) return 'FFMPEG_MISSING';
  // No descriptor, no process to be had: the machine's trouble, whatever the file is.
  if (end.startError !== undefined) return 'SERVICE_UNAVAILABLE';
  if (end.killedFor === 'output-size') return 'OUTPUT_TOO_LARGE';
  if (end.killedFor === 'output-time') return 'INPUT_TOO_LONG';
  if (end.killedFor === 'total-time' || end.killedFor === 'stall') return 'CONVERSION_TIMEOUT';
  const signal = end.signal ?? (end.exitCode === undefined ? undefined : signalOfExit[end.exitCode]);
  if (signal === 'SIGXFSZ') return 'OUTPUT_TOO_LARGE';
  if (signal === 'SIGXCPU') return task === 'probe' ? 'RESOURCE_LIMIT' : 'CONVERSION_TIMEOUT';
  // A kill that was not ours is the kernel's for want of memory, as a rule; that can go well next time.
  if (signal !== undefined && (crashSignals.has(signal) || signal === 'SIGKILL')) return 'DECODER_CRASHED';
  if (end.exitCode === TOO_MANY_DECODE_ERRORS) return 'CORRUPT_INPUT';

  const refused = /\[([\w,]+) @ [^\]]*\] Format not on whitelist/.exec(end.stderr)?.[1];
  if (refused !== undefined) return notMedia.test(refused) ? 'UNRECOGNISED_FORMAT' : 'FORMAT_NOT_ALLOWED';
  const known = patterns.find(([pattern]) => pattern.test(end.stderr));
  if (known !== undefined) return known[1];
  if (/Codec \([^)]*\) not on whitelist/.test(end.stderr) && task === 'probe') return 'NO_DECODABLE_AUDIO';
  // The header was known, and behind it the file ends.
  if (task === 'probe' && /: End of file\s*$/.test(end.stderr)) return 'NO_DECODABLE_AUDIO';
  if (
    /Invalid data found|Invalid argument|End of file|Error while decoding|Error submitting packet|corrupt input packet/.test(
      end.stderr,
    )
  ) {
    return task === 'probe' ? 'UNRECOGNISED_FORMAT' : 'CORRUPT_INPUT';
  }
  // What ffprobe itself gave up on, in words that nobody knows, is the file's doing.
  return task === 'probe' && end.exitCode === GAVE_UP ? 'CORRUPT_INPUT' : 'CONVERSION_FAILED';
}
