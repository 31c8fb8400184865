/** Pages that get another place. */
import { expect, test } from 'vitest';
import { setOggChecksum } from '../../tags/values/ogg-checksum.ts';
import { renumberPage } from './renumber-page.ts';

/** A page of one packet, with a checksum. */
function pageOf(packetBytes: number): Buffer {
  const page = Buffer.alloc(28 + packetBytes, 0);
  page.write('OggS', 'latin1');
  page.writeBigInt64LE(48_000n, 6);
  page.writeUInt32LE(0xdead_beef, 14);
  page.writeUInt32LE(7, 18);
  page.writeUInt8(1, 26);
  page.writeUInt8(packetBytes, 27);
  for (let at = 28; at < page.length; at += 1) page.writeUInt8((at * 37) % 256, at);
  return setOggChecksum(page);
}

test.each([
  [0, { granule: 48_000, serial: 0xdead_beef, number: 7 }],
  [1, { granule: 0, serial: 0, number: 0 }],
  [100, { granule: 2 ** 40 + 960, serial: 0xffff_ffff, number: 4_000_000_000 }],
  [254, { granule: -1, serial: 1, number: 8 }],
])('the checksum is the one that a sum over all bytes gives: %i bytes', (packetBytes, place) => {
  const page = pageOf(packetBytes);
  const before = Buffer.from(page);
  const moved = renumberPage(page, place);
  expect(moved.readBigInt64LE(6)).toBe(BigInt(place.granule));
  expect([moved.readUInt32LE(14), moved.readUInt32LE(18)]).toEqual([place.serial, place.number]);
  expect(moved).toEqual(setOggChecksum(Buffer.from(moved)));
  expect(page).toEqual(before);
});

test('a page that was damaged stays one', () => {
  const page = pageOf(100);
  page.writeUInt8(page.readUInt8(60) ^ 1, 60);
  const moved = renumberPage(page, { granule: 1, serial: 2, number: 3 });
  expect(moved).not.toEqual(setOggChecksum(Buffer.from(moved)));
});
