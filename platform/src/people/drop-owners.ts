/** Whose a dropped file is: the settings say, and never the file. */
import { type DropKey, parseDropKey } from '@wavefleet/contracts/keys.ts';
import type { Config } from '../config.ts';

/** Reads a key below `drops/` and names its owner. Undefined for keys that are no drops. */
export function ownedDrop(
  { DROP_OWNER, DROP_OWNERS }: Pick<Config, 'DROP_OWNER' | 'DROP_OWNERS'>,
  key: string,
): (DropKey & { readonly ownerId: string }) | undefined {
  const drop = parseDropKey(key, (folder) => Object.hasOwn(DROP_OWNERS, folder));
  if (drop === undefined) return undefined;
  const ownerId = drop.alias === undefined ? DROP_OWNER : (DROP_OWNERS[drop.alias] ?? DROP_OWNER);
  return { ...drop, ownerId };
}
