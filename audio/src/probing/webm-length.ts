/**
 * How long a WebM of ours is (RFC 9559): up to the end of its last block, without what the encoder has put around the sound. The
 * Duration in its head counts milliseconds, begins before the sound, and is up to 20 ms too long where the last block holds hardly any.
 */
import type { FileHandle } from 'node:fs/promises';
import { OPUS_RATE, opusSamples } from './opus-packet.ts';
import { readAt } from './read-at.ts';
import { vint } from './vint.ts';

const [SEGMENT, TRACKS, TRACK, CODEC_DELAY] = [0x18538067, 0x1654ae6b, 0xae, 0x56aa];
const [CLUSTER, TIMESTAMP, SIMPLE_BLOCK] = [0x1f43b675, 0xe7, 0xa3];
const [BLOCK_GROUP, BLOCK, DISCARD_PADDING] = [0xa0, 0xa1, 0x75a2];

/** An id of four bytes and a size of eight. */
const MOST_HEAD_BYTES = 12;
const NS_PER_SECOND = 1e9;
/** Opus packets begin at multiples of 2.5 ms, so that a clock of milliseconds tells which. */
const STEP_SAMPLES = OPUS_RATE / 400;

interface Element {
  readonly id: number;
  readonly body: Buffer;
}

/** Seconds; undefined where it is not made as ours are. */
export async function webmSeconds(file: FileHandle, sizeBytes: number): Promise<number | undefined> {
  let [delayNs, clusterAt, clusterBytes] = [0, 0, 0];
  for (let at = 0; at < sizeBytes; ) {
    const head = headIn(await readAt(file, at, MOST_HEAD_BYTES), 0);
    if (head === undefined) return undefined;
    at += head.bytes;
    if (head.id === SEGMENT) continue; // into it
    if (head.id === TRACKS) delayNs = delayIn(await readAt(file, at, head.bodyBytes));
    if (head.id === CLUSTER) [clusterAt, clusterBytes] = [at, head.bodyBytes];
    at += head.bodyBytes;
  }
  const samples = endOf(elementsIn(await readAt(file, clusterAt, clusterBytes)));
  return samples === undefined ? undefined : samples / OPUS_RATE - delayNs / NS_PER_SECOND;
}

function delayIn(tracks: Buffer): number {
  const track = elementsIn(tracks).find(({ id }) => id === TRACK);
  const delay = elementsIn(track?.body ?? Buffer.alloc(0)).find(({ id }) => id === CODEC_DELAY);
  return numberOf(delay);
}

/** Where the sound of a cluster's last block ends, in samples from the start of the file. */
function endOf(cluster: readonly Element[]): number | undefined {
  const last = cluster.at(-1);
  const group = last?.id === BLOCK_GROUP ? elementsIn(last.body) : [];
  const block = last?.id === SIMPLE_BLOCK ? last : group.find(({ id }) => id === BLOCK);
  // Its track takes a byte, its time two, its flags one.
  if (block === undefined || block.body.length < 5) return undefined;
  const ms = numberOf(cluster.find(({ id }) => id === TIMESTAMP)) + block.body.readInt16BE(1);
  const samples = opusSamples(block.body.subarray(4));
  if (samples === undefined) return undefined;
  const begins = Math.round((ms * OPUS_RATE) / 1000 / STEP_SAMPLES) * STEP_SAMPLES;
  const discardedNs = numberOf(group.find(({ id }) => id === DISCARD_PADDING));
  return begins + samples - (discardedNs * OPUS_RATE) / NS_PER_SECOND;
}

/** Those that follow each other, up to the first that is cut off. */
function elementsIn(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = headIn(bytes, at);
    if (head === undefined) break;
    const from = at + head.bytes;
    at = from + head.bodyBytes;
    elements.push({ id: head.id, body: bytes.subarray(from, at) });
  }
  return elements;
}

function headIn(bytes: Buffer, at: number) {
  const id = vint(bytes, at, false);
  const size = id && vint(bytes, at + id.bytes, true);
  if (id === undefined || size === undefined || size.isUnknown) return undefined;
  return { id: id.value, bytes: id.bytes + size.bytes, bodyBytes: size.value };
}

function numberOf(element: Element | undefined): number {
  return element === undefined ? 0 : element.body.reduce((value, byte) => value * 256 + byte, 0);
}
