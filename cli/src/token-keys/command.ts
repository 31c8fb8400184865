/** `wavefleet token-keys`: makes the setting TOKEN_KEYS, or rotates its keys. */
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { newTokenKey, turnedOver } from '@wavefleet/platform/people/token-keys.ts';
import { z } from 'zod';
import { type Command, UNUSABLE } from '../command.ts';

const help = `Usage: wavefleet token-keys

Prints a value for the setting TOKEN_KEYS: a JSON Web Key Set of private Ed25519 keys, which sign the access tokens of
people who have signed in. With TOKEN_KEYS in the environment, a new key is put in front of the existing ones. All of them
are accepted; the new one starts to sign a day later ("signsFrom"), so that nobody is signed out while the processes of
the API get the new value one after the other: give it to all of them within that day. Rotate as often as you like.

If a key has leaked, make a new set without TOKEN_KEYS in the environment. Nobody has to sign in again: the page fetches
a new access token by itself.

The value is a secret. On AWS it belongs in Secrets Manager.

Exit codes: 0 printed, 2 TOKEN_KEYS is set but is not a key set.`;

const setSchema = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), signsFrom: z.iso.datetime().optional() })),
});

export const tokenKeys: Command = {
  name: 'token-keys',
  summary: 'makes the keys that sign access tokens, or rotates them',
  help,
  async run(_args, { env, print, complain }) {
    const given = setSchema.safeParse(env.TOKEN_KEYS ? parseJson(env.TOKEN_KEYS) : { keys: [] });
    if (!given.success) {
      complain('token-keys: TOKEN_KEYS is set but is not a JSON Web Key Set');
      return UNUSABLE;
    }
    const { keys } = given.data;
    print(JSON.stringify({ keys: keys.length === 0 ? [newTokenKey()] : turnedOver(keys) }));
    return 0;
  },
};
