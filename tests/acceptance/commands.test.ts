/** What people type, and what `npm test` insists on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

test.each(['dev:services', 'dev:services:stop', 'test:aws-connectivity', 'smoke:compose', 'test:containers'])(
  'T1.1, T1.6, T3.5: the commands are there: %s',
  (name) => {
    const [, file = ''] = /node (\S+\.ts)/.exec(scripts[name] ?? '') ?? [];
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/^\/\*\*|^#!/);
  },
);

test('T12.1: npm test fails below nine tenths of the lines', () => {
  expect(scripts.test).toContain('tests/run/main.ts');
  expect(readFileSync(join(root, 'tests', 'run', 'main.ts'), 'utf8')).toContain("'--coverage'");
  const settings = readFileSync(join(root, 'vitest.config.ts'), 'utf8');
  expect(Number(/thresholds: \{ lines: (\d+) \}/.exec(settings)?.[1])).toBeGreaterThanOrEqual(90);
});
