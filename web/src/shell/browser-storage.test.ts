/** Browsers with and without a storage. */
import { afterEach, expect, test } from 'vitest';
import { browserStorage } from './browser-storage.ts';

const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(globalThis, 'localStorage');
  else Object.defineProperty(globalThis, 'localStorage', before);
});

const browserWhere = (get: () => unknown) =>
  Object.defineProperty(globalThis, 'localStorage', { get, configurable: true });

test('where there is a storage it is used', () => {
  const storage = { getItem: () => 'kept', setItem: () => {}, clear: () => {} };
  browserWhere(() => storage);
  expect(browserStorage()).toBe(storage);
});

test.each([
  [
    'forbidden',
    () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  ],
  ['off', () => null],
])('where it is %s nothing is remembered, and nothing throws', (_what, get) => {
  browserWhere(get);
  const storage = browserStorage();
  storage.setItem('wavefleet.desk.1', '[]');
  storage.clear();
  expect(storage.getItem('wavefleet.desk.1')).toBe(null);
});
