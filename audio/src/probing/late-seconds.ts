/** How much later than the picture the sound of a video begins. */
import { firstPacketArgs } from '../args/probe-args.ts';
import type { FolderTools } from '../tools.ts';
import { type ProbedStream, type ProbeJson, parseProbeJson } from './probe-json.ts';
import { runProbe } from './run-probe.ts';

/**
 * Against what begins first. A start that lies behind the file's own end is a mistake in its timestamps.
 *
 * FFmpeg cannot tell when H.264 in Matroska begins unless it decodes pictures, which it never does here; it says then
 * what it knows of the file, and that is the start of the sound. Where both seem to begin at the same time, and later
 * than 0, the first packet of the picture is looked at.
 * @param audioStream index of the stream that is converted.
 * @returns seconds; 0 when nothing begins before it.
 */
export async function lateSeconds(tools: FolderTools, json: ProbeJson, audioStream: number): Promise<number> {
  const moving = json.streams.filter(({ disposition }) => disposition.attached_pic === 0);
  const startsOf = (type: string): number[] =>
    moving.flatMap(({ codec_type, start_time }) =>
      codec_type === type && start_time !== undefined ? [start_time] : [],
    );
  const start = moving.find(({ index }) => index === audioStream)?.start_time ?? 0;
  const starts = [...startsOf('audio'), ...startsOf('video')];
  const picture = moving.find(({ codec_type }) => codec_type === 'video');
  if (picture !== undefined && seemsUnknown(picture, Math.min(...startsOf('audio')))) {
    starts.push((await firstPacketSeconds(tools, picture.index)) ?? start);
  }
  const late = start - Math.min(...starts);
  return late > 0 && late < (json.format.duration ?? 0) ? late : 0;
}

function seemsUnknown({ start_time: start }: ProbedStream, firstSound: number): boolean {
  return start !== undefined && start > 0 && start === firstSound;
}

/** Undefined where that cannot be read: the first look had no complaint of the file, so this is none either. */
async function firstPacketSeconds(tools: FolderTools, stream: number): Promise<number | undefined> {
  const end = await runProbe(tools, firstPacketArgs(tools.lists, stream));
  return end.exitCode === 0 ? parseProbeJson(end.stdout)?.packets[0]?.pts_time : undefined;
}
