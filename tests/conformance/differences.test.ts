/** The list of known differences names behaviours that are tested. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { differences } from './differences.ts';

const here = import.meta.dirname;
const sources = readdirSync(here)
  .filter((name) => name.endsWith('.test.ts') && name !== 'differences.test.ts')
  .map((name) => readFileSync(join(here, name), 'utf8'));

test.each(differences)('$stack: "$behaviour" is what a test says', ({ behaviour }) => {
  expect(sources.filter((source) => source.includes(`'${behaviour}'`))).toHaveLength(1);
});

test('no difference is listed twice', () => {
  const keys = differences.map(({ stack, behaviour }) => `${stack} ${behaviour}`);
  expect(new Set(keys).size).toBe(keys.length);
});
