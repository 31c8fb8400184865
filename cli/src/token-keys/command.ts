/** `wavefleet token-keys`: the setting TOKEN_KEYS, made or turned over. */
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { newTokenKey, turnedOver } from '@wavefleet/platform/people/token-keys.ts';
import { z } from 'zod';
import { type Command, UNUSABLE } from '../command.ts';

const help = `Usage: wavefleet token-keys

Prints a value for the setting TOKEN_KEYS: a JSON Web Key Set of private Ed25519 keys, by which access tokens of people
who have signed in are signed. With TOKEN_KEYS in the environment a new key is put in front of those that are there. All
are believed; the new one signs from a day later on ("signsFrom"), so that nobody is signed out while the API's processes
get the new value one after the other: give it to all of them within that day. Do so again when you like.

A key that somebody else has: make a new set without TOKEN_KEYS in the environment. Nobody has to sign in again: the page
gets itself the next access token.

It is a secret. On AWS it belongs into Secrets Manager.

Exit codes: 0 printed, 2 TOKEN_KEYS is set and no key set.`;

const setSchema = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), signsFrom: z.iso.datetime().optional() })),
});

export const tokenKeys: Command = {
  name: 'token-keys',
  summary: 'makes the keys that sign access tokens, or turns them over',
  help,
  async run(_args, { env, print, complain }) {
    const given = setSchema.safeParse(env.TOKEN_KEYS ? parseJson(env.TOKEN_KEYS) : { keys: [] });
    if (!given.success) {
      complain('token-keys: TOKEN_KEYS is set and no JSON Web Key Set');
      return UNUSABLE;
    }
    const { keys } = given.data;
    print(JSON.stringify({ keys: keys.length === 0 ? [newTokenKey()] : turnedOver(keys) }));
    return 0;
  },
};
