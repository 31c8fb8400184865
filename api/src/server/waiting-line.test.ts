/** Who comes after whom. */
import { expect, test } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

/** In the order in which they begin: each `[address, caller, name]`. */
function orderOf(requests: readonly (readonly [string, string, string])[], most = 100) {
  const line = new WaitingLine(most);
  const order: string[] = [];
  const drop = () => undefined;
  for (const [address, caller, name] of requests)
    line.push(address, caller, { begin: () => void order.push(name), drop });
  for (let next = line.shift(); next !== undefined; next = line.shift()) next.begin();
  expect(line.size).toBe(0);
  return order;
}

test('a caller who makes up a name for each request has the turns of one address', () => {
  const flood = Array.from({ length: 50 }, (_, index) => ['192.0.2.1', `made up ${index}`, 'flood'] as const);
  const order = orderOf([...flood, ['192.0.2.2', '', 'ben'], ['192.0.2.2', '', 'ben again']]);
  expect(order.slice(0, 4)).toEqual(['flood', 'ben', 'flood', 'ben again']);
});

test('of one address, callers take turns', () => {
  const many = Array.from({ length: 50 }, () => ['', 'ann', 'ann'] as const);
  expect(orderOf([...many, ['', 'ben', 'ben']]).indexOf('ben')).toBe(1);
});
