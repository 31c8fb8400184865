/** An API key for a test: of any owner, such as of whose the drops are. */
import { scopes as all, type Scope } from '@wavefleet/contracts/people.ts';
import type { Platform } from '@wavefleet/platform/platform.ts';

/** @param scopes default: everything. */
export async function tokenOf(
  { apiKeys }: Pick<Platform, 'apiKeys'>,
  ownerId: string,
  scopes: readonly Scope[] = all,
): Promise<string> {
  const { token } = await apiKeys.make({ ownerId, name: 'test', scopes, expiresInDays: 1 });
  return token;
}
