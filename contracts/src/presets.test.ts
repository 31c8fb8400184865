/** No preset asks for the impossible. */
import { expect, test } from 'vitest';
import { findPreset, presets } from './presets.ts';
import { findRequestProblem } from './request.ts';

test.each(Object.keys(presets))('%s is possible', (name) => {
  const { format, quality, options } = findPreset(name) ?? expect.fail();
  expect(findRequestProblem(format, quality, options)).toBeUndefined();
});

test.each(['toString', '__proto__', 'constructor', ''])('%s is no preset', (name) => {
  expect(findPreset(name)).toBeUndefined();
});
