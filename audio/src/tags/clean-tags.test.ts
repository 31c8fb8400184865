/** Tags of strangers, cleaned. */
import { expect, test } from 'vitest';
import { cleanTags } from './clean-tags.ts';
import { renderTags } from './tags-file.ts';

test('keys are lower case, the container wins, technical keys go', () => {
  expect(
    cleanTags({ TITLE: 'a', major_brand: 'M4A', iTunSMPB: '0' }, { title: 'b', ARTIST: 'c', ENCODER: 'x' }),
  ).toEqual({ tags: { title: 'a', artist: 'c' } });
});

test('NULs, empty values, long keys and __proto__ go', () => {
  const hostile: unknown = JSON.parse('{"__proto__":"x","a":"x\\u0000y","b":" "}');
  expect(cleanTags({ ...(hostile as Record<string, string>), ['k'.repeat(65)]: 'x' }, {})).toEqual({
    tags: { a: 'xy' },
  });
});

test('all together stay within 64 KB, cut at a character', () => {
  const { tags } = cleanTags({ title: 'T', lyrics: 'ä'.repeat(50_000), more: 'x' }, {});
  expect(Buffer.byteLength(Object.entries(tags).flat().join(''))).toBeLessThanOrEqual(65_536);
  expect(tags.lyrics).toMatch(/^ä+$/);
});

test('what has a meaning in ffmetadata is escaped', () => {
  expect(renderTags([['a=b', '#1;\\\r\n[CHAPTER]\0']])).toBe(
    ';FFMETADATA1\na\\=b=\\#1\\;\\\\\\\n[CHAPTER]\n[STREAM]\n',
  );
});
