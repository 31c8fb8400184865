/**
 * The profile `people` of docker-compose.yml with the settings of its file: somebody signs in at the provider, converts, and
 * is told by an e-mail in the mailbox.
 */
import { readFile } from 'node:fs/promises';
import { submittedSchema, uploadedSchema } from '@wavefleet/contracts/http.ts';
import { Compose } from '@wavefleet/localstack/compose.ts';
import { freePort } from '@wavefleet/localstack/embedded/free-port.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import type { Releasers } from '@wavefleet/platform/shutdown.ts';
import { Person } from '../bring-up/person.ts';

const UP_TIMEOUT_MS = 120_000;
/** It is gathered for ten seconds, after a conversion in a container. */
const MAIL_TIMEOUT_MS = 90_000;
const ADDRESS = 'ada@example.test';

/**
 * The port 3001, which the provider's address has, must be free.
 * @param path a short WAV. @param releasers take the containers away.
 * @returns in a few words, what was seen. @throws Error.
 */
export async function signInAndBeTold(path: string, releasers: Releasers): Promise<string> {
  const [port, mailPort] = [await freePort(), await freePort()];
  const page = `http://localhost:${port}`;
  const compose = new Compose({
    project: `wavefleet-people-${process.pid}`,
    files: ['docker-compose.yml'],
    envFile: 'docker-compose.people.env',
    env: {
      ...{ PORT: String(port), MAIL_PORT: String(mailPort), PUBLIC_URL: page },
      TOKEN_KEYS: JSON.stringify({ keys: [newTokenKey()] }),
    },
  });
  releasers.add(() => compose.run('down', '--volumes', '--remove-orphans', '--timeout', '5'));
  await compose.run('up', '--detach', '--build');
  // A connection that Docker took before anybody listened behind it may never be answered.
  const answers = (url: string) =>
    fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const mailbox = `http://127.0.0.1:${mailPort}/dev/mail`;
  for (const url of [`${page}/api/health`, 'http://localhost:3001/.well-known/openid-configuration', mailbox])
    await until(`${url} answers`, () => answers(url), UP_TIMEOUT_MS);

  const ada = new Person(page);
  await ada.signIn('ada');
  const json = { 'content-type': 'application/json' };
  const wish = await ada.ask('/api/me', {
    ...{ method: 'PATCH', headers: json },
    body: JSON.stringify({ emailNotices: 'all' }),
  });
  if (!wish.ok) throw new Error(`e-mails cannot be asked for: ${wish.status} ${await wish.text()}`);
  const headers = { 'content-type': 'audio/wav', 'x-file-name': 'told.wav' };
  const body = await readFile(path);
  const sent = await ada.ask('/api/upload-audio', { method: 'POST', headers, body });
  const { fileId } = uploadedSchema.parse(await sent.json());
  const ordered = await ada.post('/api/jobs', { fileId, format: 'mp3' });
  submittedSchema.parse(await ordered.json());
  const told = await until('the e-mail', () => subjectIn(mailbox), MAIL_TIMEOUT_MS);
  return `signed in, and told by e-mail: ${told}`;
}

/** The subject of the e-mail to that person about that file, once it is there. */
async function subjectIn(mailbox: string): Promise<string | undefined> {
  const html = await (await fetch(mailbox)).text();
  const [, subject, to] = /<bdi>([^<]+)<\/bdi><\/h2>\s*<p>To ([^,]+),/.exec(html) ?? [];
  return to === ADDRESS && subject?.includes('told') ? subject : undefined;
}
