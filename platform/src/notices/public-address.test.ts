/** Where a stranger may make this service send something. */
import { describe, expect, test } from 'vitest';
import { forbiddenReason, isAllowedAddress } from './public-address.ts';

const strict = { allowPrivate: false };
const own = { allowPrivate: true };

describe('on a network', () => {
  test.each([
    'https://hooks.example.com/wavefleet?key=1',
    'https://hooks.example.com:443/',
    'https://93.184.215.14/hook',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hook',
    'https://bücher.example/hook',
  ])('%s may be called', (url) => {
    expect(forbiddenReason(url, strict)).toBeUndefined();
  });

  test.each([
    ['http://hooks.example.com/', 'it is not https'],
    ['file:///etc/passwd', 'it is not https'],
    ['gopher://hooks.example.com/', 'it is not https'],
    ['javascript:alert(1)', 'it is not https'],
    ['hooks.example.com', 'it is not a URL'],
    ['', 'it is not a URL'],
    ['https://user:pass@hooks.example.com/', 'it contains a user name or a password'],
    ['https://hooks.example.com:6379/', 'its port is not the usual one'],
    ['https://hooks.example.com:80/', 'its port is not the usual one'],
    ['https://169.254.169.254/latest/meta-data/', 'its address is not public'],
    ['https://169.254.170.2/v2/credentials', 'its address is not public'],
    ['https://10.0.0.1/', 'its address is not public'],
    ['https://172.16.0.1/', 'its address is not public'],
    ['https://192.168.1.1/', 'its address is not public'],
    ['https://100.64.0.1/', 'its address is not public'],
    ['https://127.0.0.1/', 'its address is not public'],
    ['https://127.1/', 'its address is not public'],
    ['https://2130706433/', 'its address is not public'],
    ['https://0x7f000001/', 'its address is not public'],
    ['https://0177.0.0.1/', 'its address is not public'],
    ['https://0/', 'its address is not public'],
    ['https://0.0.0.0/', 'its address is not public'],
    ['https://255.255.255.255/', 'its address is not public'],
    ['https://224.0.0.1/', 'its address is not public'],
    ['https://[::1]/', 'its address is not public'],
    ['https://[::]/', 'its address is not public'],
    ['https://[::ffff:a9fe:a9fe]/', 'its address is not public'],
    ['https://[::ffff:10.0.0.1]/', 'its address is not public'],
    ['https://[::127.0.0.1]/', 'its address is not public'],
    ['https://[::169.254.169.254]/', 'its address is not public'],
    ['https://[4000::1]/', 'its address is not public'],
    ['https://[64:ff9b:1::169.254.169.254]/', 'its address is not public'],
    ['https://[64:ff9b::169.254.169.254]/', 'its address is not public'],
    ['https://[2002:a9fe:a9fe::]/', 'its address is not public'],
    ['https://[fd00:ec2::254]/', 'its address is not public'],
    ['https://[fe80::1]/', 'its address is not public'],
    ['https://localhost/', 'its name is not public'],
    ['https://localhost./', 'its name is not public'],
    ['https://LOCALHOST/', 'its name is not public'],
    ['https://x.localhost/', 'its name is not public'],
    ['https://metadata.google.internal/', 'its name is not public'],
    ['https://printer.local/', 'its name is not public'],
    ['https://redis/', 'its name is not public'],
  ])('%s may not', (url, reason) => {
    expect(forbiddenReason(url, strict)).toBe(reason);
  });
});

test('on one machine neighbours may be called, and metadata may not', () => {
  for (const url of [
    'http://127.0.0.1:9000/hook',
    'http://localhost:9000/',
    'https://10.0.0.1/',
    'http://receiver:80/',
    'http://[::1]:9000/',
  ]) {
    expect(forbiddenReason(url, own), url).toBeUndefined();
  }
  for (const url of [
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://[::169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
  ]) {
    expect(forbiddenReason(url, own), url).toBe('its address is not public');
  }
  expect(forbiddenReason('http://a:b@localhost/', own)).toBe('it contains a user name or a password');
  expect(forbiddenReason('file:///etc/passwd', own)).toBe('it is not https');
});

test('what is no address is none that may be called', () => {
  for (const address of ['fe80::1%eth0', '', 'localhost', '1.2.3', '::g'])
    expect(isAllowedAddress(address, own)).toBe(false);
});
