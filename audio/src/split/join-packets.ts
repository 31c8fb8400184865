/** Hands on the packets of all segments as those of one: what joiners of all codecs have in common. */
import { CannotJoin, type JoinOrder } from './join.ts';
import { type PacketBlock, type PacketSource, takePacket, takePackets } from './packet-source.ts';

/** Two segments around the place where the second one takes over; the same index is the same packet of the result. */
export interface Meeting {
  readonly before: readonly Buffer[];
  readonly after: readonly Buffer[];
  /** The index at which the second one should take over. */
  readonly nominal: number;
  /** The last index at which it may. */
  readonly last: number;
}

/** How two segments meet. */
export interface Seam {
  /** The index of the first packet of the second one. */
  readonly at: number;
  /** What is written up to there. */
  readonly before: readonly Buffer[];
}

/** How a codec goes over from one segment to the next. */
export interface SeamRule {
  /** Packets before the nominal place that it may move to. */
  readonly earlier: number;
  /** The last packets of a segment are made of silence that was never there: so many cannot be used. */
  readonly tail: number;
  /** Undefined where nothing fits. Called before the packets of the meeting are written. */
  readonly meet: (meeting: Meeting) => Seam | undefined;
}

/** Where packets of the result go. */
export interface PacketSink<Block extends PacketBlock> {
  readonly write: (packet: Buffer) => Promise<void>;
  /** Called in place of `write` with whole blocks, away from seams. Default: all packets are written singly. */
  readonly writeBlock?: (block: Block) => Promise<void>;
}

/**
 * Writes every packet of the result, in order. No more than a block of a segment and the packets around a seam are held.
 * @param sourceOf answers with each segment, in front of its first packet, when it is there.
 * @returns where segments meet, in packets of the result.
 * @throws CannotJoin; what the sink throws.
 */
export async function joinPackets<Block extends PacketBlock>(
  { segments, lookAhead }: Pick<JoinOrder, 'segments' | 'lookAhead'>,
  sourceOf: (index: number) => Promise<PacketSource<Block>>,
  { earlier, tail, meet }: SeamRule,
  { write, writeBlock }: PacketSink<Block>,
): Promise<number[]> {
  const seams: number[] = [];
  /** Packets of the segment at hand that were read already, and are still to be written. */
  let read: readonly Buffer[] = [];
  let position = 0;
  const writeAll = async (packets: readonly Buffer[]): Promise<void> => {
    for (const packet of packets) await write(packet);
    position += packets.length;
  };
  /** Answers whether there was a block to copy. */
  const copyBlock = async (source: PacketSource<Block>, most: number): Promise<boolean> => {
    const block = writeBlock && (await source.nextBlock?.(most));
    if (writeBlock === undefined || block === undefined) return false;
    await writeBlock(block);
    position += block.packets.length;
    return true;
  };
  for (const [index, { takesOver, firstFrame }] of segments.entries()) {
    if (index === 0) continue;
    const current = await sourceOf(index - 1);
    const nominal = Math.min(earlier, takesOver - firstFrame);
    await writeAll(read);
    while (position < takesOver - nominal) {
      if (!(await copyBlock(current, takesOver - nominal - position)))
        await writeAll([await takePacket(current)]);
    }
    const before = await takePackets(current, Number.POSITIVE_INFINITY);
    const next = await sourceOf(index);
    await takePackets(next, takesOver - nominal - firstFrame);
    const after = await takePackets(next, before.length);
    const last = Math.min(nominal + lookAhead, before.length, after.length) - tail;
    // Without any warm-up there is nothing to choose from.
    const seam = nominal === 0 ? { at: 0, before: [] } : meet({ before, after, nominal, last });
    if (seam === undefined) throw new CannotJoin(`segment ${index} cannot follow the one before it`);
    await writeAll(seam.before);
    seams.push(position);
    read = after.slice(seam.at);
  }
  await writeAll(read);
  const final = await sourceOf(segments.length - 1);
  for (;;) {
    if (await copyBlock(final, Number.POSITIVE_INFINITY)) continue;
    const packet = await final.next();
    if (packet === undefined) break;
    await writeAll([packet]);
  }
  return seams;
}

/** The numbers from 1 to `last`, the nearest to `nominal` first. */
export function nearestFirst(nominal: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last) }, (_, index) => index + 1).toSorted(
    (a, b) => Math.abs(a - nominal) - Math.abs(b - nominal),
  );
}
