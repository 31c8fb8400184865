/** What the report never shows. */
import { requiredSettings } from '@wavefleet/platform/config.testing.ts';
import { loadConfig } from '@wavefleet/platform/config.ts';
import { expect, test } from 'vitest';
import { hideSecrets } from './report.ts';

test.each([
  ['as it stands', 'hunter%22', 'the server says: hunter%22'],
  ['decoded', 'hunter%22', 'the server says: hunter"'],
  ['with a bare %', '100%ann%', 'the server says: 100%ann%'],
  ['with a bare % beside what is encoded', '100%-%5E%41', 'the server says: 100%-^A'],
  ['with what is no UTF-8', 'hunter%ff', 'the server says: hunter%ff'],
])('a password in a URL is hidden %s', (_, password, line) => {
  const config = loadConfig({
    ...{ ...requiredSettings, PUBLIC_URL: 'https://audio.example', MAIL_FROM: 'a@mail.example' },
    SMTP_URL: `smtps://ann:${password}@mail.example`,
  });
  expect(hideSecrets(line, config)).toBe('the server says: (hidden)');
});
