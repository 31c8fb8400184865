/** Tags of strangers, cleaned. */
import { expect, test } from 'vitest';
import { cleanTags } from './clean-tags.ts';
import { renderTags } from './tags-file.ts';

test('keys are lower case, the container wins, technical keys go', () => {
  expect(
    cleanTags({ TITLE: 'a', major_brand: 'M4A', iTunSMPB: '0' }, { title: 'b', ARTIST: 'c', ENCODER: 'x' }),
  ).toEqual({ kept: { tags: { title: 'a', artist: 'c' } }, lost: 0 });
});

test('NULs and empty values go; names that cannot be kept are counted', () => {
  const hostile: unknown = JSON.parse('{"__proto__":"x","constructor":"c","a":"x\\u0000y","b":" "}');
  expect(cleanTags({ ...(hostile as Record<string, string>), ['k'.repeat(65)]: 'x' }, {})).toEqual({
    kept: { tags: { constructor: 'c', a: 'xy' } },
    lost: 2,
  });
});

test('all together stay within 64 KB, cut at a character, and what is cut is counted', () => {
  const { kept, lost } = cleanTags({ title: 'T', lyrics: 'ä'.repeat(50_000), more: 'x' }, {});
  expect(Buffer.byteLength(Object.entries(kept.tags).flat().join(''))).toBeLessThanOrEqual(65_536);
  expect(kept.tags.lyrics).toMatch(/^ä+$/);
  expect(lost).toBe(2);
});

test('what has a meaning in ffmetadata is escaped', () => {
  expect(renderTags([['a=b', '#1;\\\r\n[CHAPTER]\0']])).toBe(
    ';FFMETADATA1\na\\=b=\\#1\\;\\\\\\\n[CHAPTER]\n[STREAM]\n',
  );
});
