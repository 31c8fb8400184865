/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { misplacedImports } from './import-order.ts';

test('the page keeps its order', () => {
  const files = import.meta.glob<string>(['./**/*.ts', './**/*.tsx', '!./import-order.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  expect(Object.keys(files).length).toBeGreaterThan(80);
  const wrong = Object.entries(files).flatMap(([file, text]) => misplacedImports(file.slice(2), text));
  expect(wrong).toEqual([]);
});

test.each([
  ['files/card.ts', "import type { UploadState } from '../upload/upload-state.ts';"],
  ['upload/upload-task.ts', "import { Slots } from './slots.ts';"],
  ['shell/header.tsx', "import { useServices } from '../services.ts';"],
  ['result/player.tsx', "await import('./waveform.ts')"],
  ['services.ts', "import type { Desk } from './files/desk.ts';"],
  ['assemble.ts', "import type { Services } from './services.ts';"],
])('%s may: %s', (file, line) => {
  expect(misplacedImports(file, line)).toEqual([]);
});

test.each([
  ['upload/slots.ts', "import type { AddedFile } from '../files/desk.ts';", 'upload may not import files'],
  [
    'progress/jobs.ts',
    "import { JobProgress } from './job-progress.tsx';",
    'a model may not import the view',
  ],
  ['services.ts', "import { App } from './app.tsx';", 'a model may not import the view'],
  ['convert/choice.ts', "import { useServices } from '../services.ts';", 'only views import services.ts'],
  ['shell/route.ts', "import { x } from '../new-part/x.ts';", "give 'new-part' a place"],
])('%s may not: %s', (file, line, problem) => {
  expect(misplacedImports(file, line)).toEqual([expect.stringContaining(problem)]);
});
