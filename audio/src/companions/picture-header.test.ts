/** Pictures told by their headers, broken ones too. */
import { expect, test } from 'vitest';
import { readPictureHeader } from './picture-header.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000400000006008020000001234567800', 'hex');
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108003000400301220002110103', 'hex');

test.each([
  ['png', png, { mimeType: 'image/png', width: 64, height: 96 }],
  ['jpeg', jpeg, { mimeType: 'image/jpeg', width: 64, height: 48 }],
  [
    'jpeg with fill bytes',
    Buffer.concat([jpeg.subarray(0, 2), Buffer.from('ffff', 'hex'), jpeg.subarray(2)]),
    { mimeType: 'image/jpeg', width: 64, height: 48 },
  ],
  ['nothing', Buffer.alloc(0), undefined],
  ['gif', Buffer.from('GIF89a0000000000000000000000000000'), undefined],
  ['cut png', png.subarray(0, 20), undefined],
  ['cut jpeg', jpeg.subarray(0, 25), undefined],
  ['jpeg without a frame', Buffer.from('ffd8ffda000c0301000211031100', 'hex'), undefined],
  [
    'segments of length 0',
    Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(9_999, 'ffe00000', 'hex')]),
    undefined,
  ],
])('%s', (_, bytes, expected) => {
  expect(readPictureHeader(bytes)).toEqual(expected);
});
