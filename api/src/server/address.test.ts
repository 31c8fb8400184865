/** Whose address counts. */
import { expect, test } from 'vitest';
import { addressOf } from './address.ts';

test.each([
  ['203.0.113.7', undefined, 0, '203.0.113.7', 'a neighbour'],
  ['::ffff:203.0.113.7', undefined, 0, '203.0.113.7', 'the same, by a socket for both'],
  ['127.0.0.1', undefined, 0, undefined, 'this machine'],
  ['::1', undefined, 0, undefined, 'this machine'],
  ['10.0.0.5', '198.51.100.9', 0, '10.0.0.5', 'nobody is believed'],
  ['10.0.0.5', '198.51.100.9', 1, '198.51.100.9', 'the load balancer is'],
  ['10.0.0.5', '1.2.3.4, 198.51.100.9', 1, '198.51.100.9', 'but not what the caller made up'],
  ['10.0.0.5', '198.51.100.9, 10.0.0.4', 2, '198.51.100.9', 'two in a row'],
  ['10.0.0.5', undefined, 1, '10.0.0.5', 'past the load balancer'],
  ['2001:db8:0:7:1:2:3:4', undefined, 0, '2001:db8:0:7::/64', 'one line'],
  ['2001:0db8::7', undefined, 0, '2001:db8:0:0::/64', 'one line, written short'],
])('%s forwarded for %s behind %i: %s (%s)', (direct, forwarded, proxies, expected, _who) => {
  expect(addressOf(direct, forwarded, proxies)).toBe(expected);
});

test.each([
  ['192.0.2.1:5555', '192.0.2.1'],
  ['[2001:db8:1:2::1]:5555', '2001:db8:1:2::/64'],
  ['[::ffff:192.0.2.1]:5555', '192.0.2.1'],
])('the port of a connection is no part of its address: %s', (said, address) => {
  expect(addressOf('10.0.0.1', said, 1)).toBe(address);
});
