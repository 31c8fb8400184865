/** Models of the page are kept free of views. */
import { expect, test } from 'vitest';
import { mixedModels } from './page.ts';

test.each([
  ['web/src/progress/job-progress.tsx', "import { WaveBar } from './wave-bar.tsx';"],
  ['web/src/shell/header.tsx', "import { useServices } from '../services.ts';"],
  ['web/src/assemble.ts', "import { App } from './app.tsx';\nimport type { Services } from './services.ts';"],
  ['web/src/files/desk.ts', "import { Slots } from '../upload/slots.ts';"],
])('%s may: %s', (path, text) => {
  expect(mixedModels({ path, text })).toEqual([]);
});

test('a model imports neither a view nor what is handed to views', () => {
  expect(
    mixedModels({ path: 'web/src/progress/jobs.ts', text: "import { X } from './job-progress.tsx';" }),
  ).toEqual([
    'web/src/progress/jobs.ts imports the view web/src/progress/job-progress.tsx: a model knows no view; hand the value to the view',
  ]);
  expect(
    mixedModels({ path: 'web/src/convert/choice.ts', text: "import { useServices } from '../services.ts';" }),
  ).toEqual([
    'web/src/convert/choice.ts imports services.ts: it is for views; a model takes what it needs as an argument',
  ]);
});
