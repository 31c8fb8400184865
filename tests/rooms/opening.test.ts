/** A file without an opening sentence is found. */
import { expect, test } from 'vitest';
import { missingOpening } from './opening.ts';

const path = 'api/src/a.ts';
const said = ['api/src/a.ts opens without a sentence: say in /** … */ on its first line what it is for'];

test.each([
  '/** What this is for. */\nimport x from "x";\n',
  '/**\n * What this is for.\n */\nimport x from "x";\n',
  '#!/usr/bin/env node\n/** What this is for. */\n',
])('%j opens with one', (text) => {
  expect(missingOpening({ path, text })).toEqual([]);
});

test.each([
  'import x from "x";\n/** What x is for. */\n',
  '// What this is for.\nimport x from "x";\n',
  '/** */\nimport x from "x";\n',
  '/** things */\nimport x from "x";\n',
  '\n/** What this is for. */\n',
  '',
])('%j does not', (text) => {
  expect(missingOpening({ path, text })).toEqual(said);
});
