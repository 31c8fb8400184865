/**
 * Where webhooks may go: users name the addresses, and this service stands where they do not. A name is judged when it is
 * given, and each address that it leads to when it is called.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Names that lead into a machine or its network, whatever they resolve to (RFC 6761, RFC 6762, RFC 8375). */
const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|home\.arpa)$/;
/** Where AWS has its metadata within IPv6's private range; the one within IPv4 is link-local, as that of containers is. */
const METADATA = ipaddr.parseCIDR('fd00:ec2::/32');
/** All that IANA gives out in IPv6. Outside of it lie IPv4 addresses in old clothes (::127.0.0.1), and nothing to call. */
const GLOBAL = ipaddr.parseCIDR('2000::/3');

export interface AddressRules {
  /** WEBHOOK_PRIVATE_ADDRESSES: own networks, any port, plain HTTP. Links and metadata stay out all the same. */
  readonly allowPrivate: boolean;
}

/**
 * Why no webhook may go there, in a few words, or undefined. What the name resolves to is not asked here.
 * @param text as somebody has written it.
 */
export function forbiddenReason(text: string, { allowPrivate }: AddressRules): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'it is not a URL';
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'it is not https';
  if (url.username !== '' || url.password !== '') return 'it contains a user name or a password';
  if (url.port !== '' && !allowPrivate) return 'its port is not the usual one';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  // The parser has made dotted decimals of every other way to write an IPv4 address.
  if (isIP(host) !== 0) {
    return isAllowedAddress(host, { allowPrivate }) ? undefined : 'its address is not public';
  }
  if (allowPrivate) return undefined;
  return PRIVATE_NAMES.test(host) || !host.includes('.') ? 'its name is not public' : undefined;
}

/** @param address as a resolver answers it: IPv4 or IPv6, also IPv4 within IPv6. */
export function isAllowedAddress(address: string, { allowPrivate }: AddressRules): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'unicast') return parsed.kind() === 'ipv4' || parsed.match(GLOBAL);
  if (!allowPrivate) return false;
  if (parsed.kind() === 'ipv6' && parsed.match(METADATA)) return false;
  return (
    range === 'private' || range === 'loopback' || range === 'uniqueLocal' || range === 'carrierGradeNat'
  );
}
