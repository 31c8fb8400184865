/** What a browser says about where a request comes from, and what follows. */
import { expect, test } from 'vitest';
import { isCrossSite } from './cross-site.ts';

const host = 'audio.example:3000';

test.each([
  [{}, false, 'curl'],
  [{ origin: 'http://audio.example:3000' }, false, 'the page, over plain HTTP'],
  [{ origin: 'https://audio.example:3000' }, false, 'the page, behind a load balancer'],
  [{ site: 'same-origin', origin: 'https://audio.example:3000' }, false, 'the page'],
  [{ site: 'none' }, false, 'typed by the user'],
  [{ site: 'cross-site', origin: 'https://evil.example' }, true, 'another site'],
  [{ site: 'cross-site' }, true, 'another site that hides'],
  [{ site: 'same-site', origin: 'https://blog.example' }, true, 'a neighbour'],
  [{ origin: 'https://audio.example.evil' }, true, 'a similar name'],
  [{ origin: 'http://audio.example:3001' }, true, 'another port'],
  [{ origin: 'null' }, true, 'a sandboxed frame'],
  [{ origin: '' }, true, 'nonsense'],
])('%o: %s (%s)', (headers, expected, _who) => {
  expect(isCrossSite({ site: undefined, origin: undefined, host, ...headers })).toBe(expected);
});
