/** What the cookies of a sign-in look like, and whose count. */
import { expect, test } from 'vitest';
import { router } from '../http/context.ts';
import { SessionCookies } from './session-cookies.ts';

async function ask(publicUrl: string, headers: Record<string, string> = {}) {
  const cookies = new SessionCookies({ AUTH: 'required', PUBLIC_URL: publicUrl });
  const app = router();
  app.get('/', (c) => {
    const found = cookies.get(c, 'access');
    cookies.set(c, 'refresh', 'secret', 60);
    cookies.remove(c, 'access');
    return c.text(found ?? 'none');
  });
  const answer = await app.request('/', { headers });
  return { text: await answer.text(), set: answer.headers.getSetCookie() };
}

test('over HTTPS they are `__Host-`, and one that another host or plain HTTP may have set does not count', async () => {
  const cookie = 'wavefleet-access=planted; __Host-wavefleet-access=own';
  const { text, set } = await ask('https://audio.example', { cookie });
  expect(text).toBe('own');
  expect(set).toEqual([
    '__Host-wavefleet-session=secret; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    '__Host-wavefleet-access=; Max-Age=0; Path=/; Secure',
  ]);
  expect((await ask('https://audio.example', { cookie: 'wavefleet-access=planted' })).text).toBe('none');
});

test('on one machine, which has no HTTPS, they have plain names, and are out of reach of scripts all the same', async () => {
  const { text, set } = await ask('http://127.0.0.1:3000', { cookie: 'wavefleet-access=own' });
  expect(text).toBe('own');
  expect(set[0]).toBe('wavefleet-session=secret; Max-Age=60; Path=/; HttpOnly; SameSite=Lax');
});
