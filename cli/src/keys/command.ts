/** `wavefleet keys`: API keys of any owner, for whoever runs the fleet. */
import { parseArgs } from 'node:util';
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import { KEY_DAYS, MAX_KEY_DAYS, makeKeyBodySchema, ownerIdSchema } from '@wavefleet/contracts/people.ts';
import type { StoredKey } from '@wavefleet/platform/people/api-keys.ts';
import type { Command } from '../command.ts';
import { type Act, onPlatform } from '../on-platform.ts';
import { settingsHelp, settingsOptions } from '../settings.ts';

const help = `Usage: wavefleet keys make --owner OWNER --name NAME [--scopes SCOPES] [--days DAYS] [--local | --settings FILE]
       wavefleet keys list --owner OWNER [--local | --settings FILE]
       wavefleet keys revoke KEYID --owner OWNER [--local | --settings FILE]

make    prints a new API key, once. Whoever sends it (Authorization: Bearer) may see and do what OWNER may. OWNER is the
        value of DROP_OWNER for files in drops/, the ownerId that GET /api/me answers for a browser, or any new name,
        for a program that shall have its own jobs.
list    prints one line per key: its id, when it expires, when it was last used, its scopes and its name
revoke  makes the key invalid; every process refuses it within five seconds

SCOPES  any of jobs:read,jobs:write,uploads:write,admin. Default: all but admin.
DAYS    1 to ${MAX_KEY_DAYS}. Default: ${KEY_DAYS}.

${settingsHelp}

Exit codes: 0 done, 1 refused or no such key, 2 the settings or the services cannot be used.`;

export const keys: Command = {
  name: 'keys',
  summary: 'makes, lists and revokes API keys',
  help,
  run: (args, terminal) =>
    onPlatform('keys', terminal, () => {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: {
          ...settingsOptions,
          owner: { type: 'string' },
          name: { type: 'string' },
          scopes: { type: 'string', default: 'jobs:read,jobs:write,uploads:write' },
          days: { type: 'string', default: String(KEY_DAYS) },
        },
        allowPositionals: true,
      });
      return { values, act: actOf(positionals, values) };
    }),
};

/** @throws Error that says what was expected. */
function actOf(
  [action, keyId, ...rest]: readonly string[],
  given: { readonly owner?: string; readonly name?: string; readonly scopes: string; readonly days: string },
): Act {
  const ownerId = ownerOf(given.owner);
  if (action === 'make' && keyId === undefined) return making(ownerId, given);
  if (action === 'list' && keyId === undefined) {
    return async ({ apiKeys }, { print }) => {
      const found = await apiKeys.list(ownerId);
      for (const key of found) print(lineOf(key));
      print(found.length === 1 ? '1 key' : `${found.length} keys`);
      return true;
    };
  }
  if (action === 'revoke' && keyId !== undefined && rest.length === 0) {
    return async ({ apiKeys }, { print }) => {
      await apiKeys.revoke(ownerId, keyId);
      print(`${keyId}: revoked`);
      return true;
    };
  }
  throw new Error('expected make, list, or revoke with one key; see wavefleet keys --help');
}

function ownerOf(given: string | undefined): string {
  const owner = ownerIdSchema.safeParse(given);
  if (!owner.success || owner.data === ANONYMOUS_OWNER)
    throw new Error('--owner: expected the owner of the key, who cannot be anonymous');
  return owner.data;
}

function making(
  ownerId: string,
  { name, scopes, days }: { readonly name?: string; readonly scopes: string; readonly days: string },
): Act {
  const order = makeKeyBodySchema.safeParse({
    name: name ?? '',
    scopes: scopes.split(','),
    expiresInDays: Number(days),
  });
  const [problem] = order.error?.issues ?? [];
  if (!order.success) throw new Error(`--${optionOf(problem?.path[0])}: ${problem?.message}`);
  return async ({ apiKeys }, { print, complain }) => {
    const { key, token } = await apiKeys.make({ ...order.data, ownerId });
    complain(`${lineOf(key)}\nThis is shown once:`);
    print(token);
    return true;
  };
}

const optionOf = (field: PropertyKey | undefined): string =>
  field === 'expiresInDays' ? 'days' : String(field ?? 'name');

function lineOf({ keyId, expiresAt, lastUsedAt, scopes, name }: StoredKey): string {
  const used = lastUsedAt === undefined ? 'never used' : `used ${lastUsedAt.slice(0, 16)}Z`;
  return `${keyId}  until ${expiresAt.slice(0, 10)}  ${used}  ${scopes.join(',')}  ${name}`;
}
