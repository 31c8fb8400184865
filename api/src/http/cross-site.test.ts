/** What a browser says about where a request comes from, and what follows. */
import { expect, test } from 'vitest';
import { isCrossSite, isSilent } from './cross-site.ts';

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

test.each([
  [{ cookie: 'wavefleet=a' }, true, 'who hides where a browser was made to ask'],
  [{ cookie: 'b=c; __Host-wavefleet-session=a' }, true, 'the same, signed in'],
  [
    { cookie: 'wavefleet-access=a', authorization: 'Basic YTpi' },
    true,
    'the same, through a gate with a password',
  ],
  [{ cookie: 'wavefleet=a', origin: 'https://audio.example' }, false, 'an older browser'],
  [{ cookie: 'wavefleet=a', 'sec-fetch-site': 'same-origin' }, false, 'a browser'],
  [{ cookie: 'wavefleet=a', authorization: 'Bearer wf_a' }, false, 'a program with a key'],
  [{ cookie: 'AWSALB=a; not-wavefleet=b' }, false, 'curl with a cookie of a load balancer'],
  [{}, false, 'curl'],
])(
  'a change with %o says nothing of where it comes from: %s (%s)',
  (headers: Record<string, string>, expected, _who) => {
    expect(isSilent(headers)).toBe(expected);
  },
);
