/** Circles of imports are found, each once, with the files on their way. */
import { expect, test } from 'vitest';
import { circlesIn } from './circles.ts';

const file = (path: string, ...imported: string[]) => ({
  path,
  text: imported.map((name) => `import '${name}';\n`).join(''),
});

test('a way that meets itself is a circle, ways that only join are none', () => {
  const joining = [
    file('api/src/a.ts', './b.ts', './c.ts'),
    file('api/src/b.ts', './c.ts'),
    file('api/src/c.ts'),
  ];
  expect(circlesIn(joining)).toEqual([]);
  const circle = [
    file('api/src/a.ts', './b.ts'),
    file('api/src/b.ts', './jobs/c.ts', './d.ts'),
    file('api/src/jobs/c.ts', '../b.ts'),
    file('api/src/d.ts'),
  ];
  expect(circlesIn(circle)).toEqual([
    'api/src/b.ts → api/src/jobs/c.ts → api/src/b.ts: a circle; what both sides need belongs to a file of its own below them',
  ]);
});

test('a file that imports itself, and a circle over rooms and of types alone', () => {
  expect(circlesIn([file('api/src/a.ts', './a.ts')])).toHaveLength(1);
  const types = [
    { path: 'platform/src/a.ts', text: "import type { B } from '@wavefleet/contracts/b.ts';\n" },
    { path: 'contracts/src/b.ts', text: "import type { A } from '@wavefleet/platform/a.ts';\n" },
  ];
  expect(circlesIn(types)).toEqual([
    expect.stringMatching(/^platform\/src\/a\.ts → contracts\/src\/b\.ts → platform/),
  ]);
});
