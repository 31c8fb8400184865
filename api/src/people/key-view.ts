/** A key as answers show it. */
import { type KeyView, keyViewSchema } from '@wavefleet/contracts/people.ts';
import type { StoredKey } from '@wavefleet/platform/people/api-keys.ts';

/** Without owner and hash. */
export function keyView(key: StoredKey): KeyView {
  return keyViewSchema.parse(key);
}
