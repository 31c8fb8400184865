/** Whose line a request comes over. */
import { isIPv6 } from 'node:net';

/**
 * The address that a request comes from; of IPv6 its first half, which is the smallest that one line is given. Undefined
 * for this machine.
 * @param forwarded X-Forwarded-For, to which each proxy adds at the end whom it saw; who asks may have begun it.
 * @param trustedProxies how many of ours stand in front.
 */
export function addressOf(
  direct: string | undefined,
  forwarded: string | undefined,
  trustedProxies: number,
): string | undefined {
  const chain = (forwarded ?? '').split(',').map((each) => each.trim());
  const said = trustedProxies === 0 ? undefined : chain.at(-trustedProxies);
  // Some proxies say the port as well: each connection would be an address of its own.
  const address = (said || direct || '')
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/^::ffff:/i, '');
  if (address === '' || address === '::1' || address.startsWith('127.')) return undefined;
  return isIPv6(address) ? firstHalf(address) : address.slice(0, 45);
}

function firstHalf(address: string): string {
  const [before = '', after = ''] = address.toLowerCase().split('::');
  const [head, tail] = [before, after].map((groups) => groups.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - (head?.length ?? 0) - (tail?.length ?? 0)) }, () => '0');
  const groups = [...(head ?? []), ...zeros, ...(tail ?? [])].map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.slice(0, 4).join(':')}::/64`;
}
