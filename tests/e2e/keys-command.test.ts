/** `wavefleet keys`: what operators make works, is listed with its last use, and ends when it is revoked. */
import { wavefleet } from '@wavefleet/cli/wavefleet.ts';
import { Client } from '@wavefleet/client/client.ts';
import { until } from '@wavefleet/localstack/waiting.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stand } from '../bring-up/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.start();
});
afterAll(() => stand?.stop());

async function typed(...args: string[]) {
  const said = { out: [] as string[], err: [] as string[] };
  const code = await wavefleet(['keys', ...args], {
    env: stand.env,
    print: (line) => said.out.push(line),
    complain: (line) => said.err.push(line),
  });
  return { code, ...said };
}

test('a key of any owner: made, used, listed, revoked', async () => {
  const made = await typed('make', '--owner', 'radio', '--name', 'night import', '--scopes', 'jobs:read');
  expect(made).toMatchObject({ code: 0, out: [expect.stringMatching(/^wf_live_[\w-]{43}$/)] });
  const client = new Client(`http://127.0.0.1:${stand.port}`, { token: made.out[0] });
  const me = await client.keys.me();
  expect(me).toMatchObject({ kind: 'key', ownerId: 'radio', scopes: ['jobs:read'] });
  const keyId = me.key?.keyId ?? '';
  const line = await until('its use is noted', async () => {
    const { out } = await typed('list', '--owner', 'radio');
    return out[0]?.includes('never') ? undefined : out;
  });
  expect(line).toEqual([
    expect.stringMatching(
      new RegExp(`^${keyId}  until \\d{4}-\\d\\d-\\d\\d  used [\\dT:-]+Z  jobs:read  night import$`),
    ),
    '1 key',
  ]);
  expect(await typed('revoke', keyId, '--owner', 'ben')).toMatchObject({
    code: 1,
    err: ['keys: There is no such key.'],
  });
  expect(await typed('revoke', keyId, '--owner', 'radio')).toMatchObject({
    code: 0,
    out: [`${keyId}: revoked`],
  });
  expect((await typed('list', '--owner', 'radio')).out).toEqual(['0 keys']);
  // This API has read the key a moment ago.
  await until(
    'it is refused',
    async () => (await client.keys.me().catch((error: Error) => error)) instanceof Error,
    10_000,
  );
});

test.each([
  [[], '--owner: expected the owner of the key, who cannot be anonymous'],
  [
    ['make', '--owner', 'anonymous', '--name', 'x'],
    '--owner: expected the owner of the key, who cannot be anonymous',
  ],
  [['make', '--owner', 'radio'], '--name: expected a name'],
  [
    ['make', '--owner', 'radio', '--name', 'x', '--scopes', 'jobs:all'],
    '--scopes: expected some of jobs:read, jobs:write, uploads:write, admin',
  ],
  [
    ['make', '--owner', 'radio', '--name', 'x', '--days', '0'],
    '--days: expected a whole number from 1 to 3650',
  ],
  [
    ['make', '--owner', 'radio', '--name', 'x', '--days', 'abc'],
    '--days: expected a whole number from 1 to 3650',
  ],
  [['revoke', '--owner', 'radio'], 'expected make, list, or revoke with one key'],
])('%j says what was expected, and does nothing', async (args, complaint) => {
  const { code, out, err } = await typed(...args);
  expect({ code, out }).toEqual({ code: 2, out: [] });
  expect(err.join('\n')).toContain(complaint);
});
