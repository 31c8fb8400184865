/** Under which name the page of one machine is shown. */
import { expect, test } from 'vitest';
import { underOneName } from './one-name.ts';

const machine = { AUTH: 'optional', PUBLIC_URL: 'http://127.0.0.1:3000' } as const;

test('another name of this machine leads to the one that a sign-in leads to', () => {
  for (const host of ['localhost:3000', '[::1]:3000', 'LOCALHOST:3000'])
    expect(underOneName(machine, host), host).toBe('http://127.0.0.1:3000/');
});

test.each([
  ['the name itself', machine, '127.0.0.1:3000'],
  ['another port, perhaps of a tunnel', machine, 'localhost:8080'],
  ['a name of a network', machine, 'audio.example:3000'],
  ['a public address', { ...machine, PUBLIC_URL: 'https://audio.example' }, 'localhost'],
  ['where nobody signs in', { ...machine, AUTH: 'off' }, 'localhost:3000'],
  ['where no address is set', { AUTH: 'off', PUBLIC_URL: undefined }, 'localhost:3000'],
  ['no name at all', machine, undefined],
  ['what is no name', machine, '::'],
] as const)('%s: stays', (_, settings, host) => {
  expect(underOneName(settings, host)).toBeUndefined();
});
