/** Every way to import is seen, and nothing that only looks like one. */
import { expect, test } from 'vitest';
import { importsOf, isTest } from './imports.ts';

test('statements, types, exports and calls', () => {
  const text = `
import a from './a.ts';
import type { B } from '@wavefleet/contracts/b.ts';
import {
  c,
  type D,
} from '../c.ts';
import './style/main.css';
export { e } from './e.ts';
export * from './f.ts';
const g = await import('./g.ts');
type H = import('./h.ts').H;
import { z } from 'zod';
`;
  expect(importsOf({ path: 'web/src/files/x.ts', text })).toEqual([
    { specifier: './a.ts', target: 'web/src/files/a.ts' },
    { specifier: '@wavefleet/contracts/b.ts', target: 'contracts/src/b.ts' },
    { specifier: '../c.ts', target: 'web/src/c.ts' },
    { specifier: './style/main.css', target: 'web/src/files/style/main.css' },
    { specifier: './e.ts', target: 'web/src/files/e.ts' },
    { specifier: './f.ts', target: 'web/src/files/f.ts' },
    { specifier: './g.ts', target: 'web/src/files/g.ts' },
    { specifier: './h.ts', target: 'web/src/files/h.ts' },
    { specifier: 'zod', target: undefined },
  ]);
});

test('comments and texts import nothing', () => {
  const text = `
/** import x from './x.ts'; */
// import y from './y.ts';
const from = 'here';
const said = "import z from './z.ts';";
export const name = 'a';
`;
  expect(importsOf({ path: 'api/src/x.ts', text })).toEqual([]);
});

test.each([
  ['api/src/a.test.ts', true],
  ['web/src/files/a.testing.ts', true],
  ['tests/bring-up/fleet.ts', true],
  ['bench/main.ts', true],
  ['api/src/testing.ts', false],
])('%s is a test: %s', (path, answer) => {
  expect(isTest(path)).toBe(answer);
});
