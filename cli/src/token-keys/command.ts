/** `wavefleet token-keys`: the setting TOKEN_KEYS, made or turned over. */
import { parseJson } from '@wavefleet/platform/parse-json.ts';
import { newTokenKey } from '@wavefleet/platform/people/token-keys.ts';
import { z } from 'zod';
import { type Command, UNUSABLE } from '../command.ts';

/** The new one and the one before: nobody has a token of an older one any more. */
const KEPT = 2;

const help = `Usage: wavefleet token-keys

Prints a value for the setting TOKEN_KEYS: a JSON Web Key Set of private Ed25519 keys. The first signs the access tokens
of people who have signed in, all are believed. With TOKEN_KEYS in the environment the new key comes first and the one
before stays, so that nobody is signed out: give the API the new value, and do so again when you like.

It is a secret. On AWS it belongs into Secrets Manager.

Exit codes: 0 printed, 2 TOKEN_KEYS is set and no key set.`;

const setSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

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
    print(JSON.stringify({ keys: [newTokenKey(), ...given.data.keys].slice(0, KEPT) }));
    return 0;
  },
};
