/** When a mail server has to speak TLS. */
import { expect, test } from 'vitest';
import { smtpOptions } from './smtp.ts';

test.each([
  ['smtp://ann:secret@mail.example:587', true],
  ['smtp://:secret@mail.example', true],
  ['smtp://ann:secret@127.0.0.2:25', true],
  ['smtp://ann:secret@localhost.example', true],
  ['smtp://mail.example', false],
  ['smtp://ann:secret@localhost:1025', false],
  ['smtp://ann:secret@127.0.0.1:1025', false],
  ['smtp://ann:secret@[::1]:1025', false],
])('%s: TLS is a must: %s; no step takes long', (url, requireTLS) => {
  expect(smtpOptions(url)).toEqual({
    ...{ url, requireTLS },
    ...{ connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 5_000, dnsTimeout: 5_000 },
  });
});
