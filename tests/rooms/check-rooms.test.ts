import { expect, test } from 'vitest';
import { violationsIn } from './check-rooms.ts';

test('imports along the direction are fine', () => {
  expect(
    violationsIn('worker/src/a.ts', "import { x } from '@wavefleet/platform/x.ts';\nimport y from './y.ts';"),
  ).toEqual([]);
});

test.each([
  ['api/src/a.ts', "import { x } from '@wavefleet/worker/x.ts';", 'api may not import worker'],
  [
    'contracts/src/a.ts',
    "import type { x } from '@wavefleet/platform/x.ts';",
    'contracts may not import platform',
  ],
  [
    'worker/src/a.ts',
    "const x = await import('@wavefleet/localstack/x.ts');",
    'worker may not import localstack',
  ],
  ['worker/src/stages/a.ts', "export * from '../../../api/src/x.ts';", 'worker may not import api'],
  ['api/src/a.ts', "import x from '../../platform/src/x.ts';", 'by its package name'],
  ['platform/src/a.ts', 'const x = process.env.X;', 'only main.ts reads process'],
])('%s: %s', (file, text, problem) => {
  expect(violationsIn(file, text).join('\n')).toContain(problem);
});

test('main.ts may read process, and a comment may name it', () => {
  expect(violationsIn('api/src/main.ts', 'process.exit(1);')).toEqual([]);
  expect(violationsIn('api/src/a.ts', '/** never process.env */\n// process.env')).toEqual([]);
});
