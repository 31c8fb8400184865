/** What commands do with the services that the settings name. */
import { Failure } from '@wavefleet/contracts/failure.ts';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { type Terminal, UNUSABLE } from './command.ts';
import { complainOf, type SettingsChoice, settingsOf } from './settings.ts';

/** Answers whether all was done. */
export type Act = (platform: Platform, terminal: Terminal) => Promise<boolean>;

/**
 * Does what was typed, without Redis.
 * @param command its name, for complaints.
 * @param read what was typed means; throws Error that says what was expected.
 * @returns the exit code: 0, 1 when something was refused or not done, 2 when the services cannot be used.
 */
export async function onPlatform(
  command: string,
  terminal: Terminal,
  read: () => { readonly values: SettingsChoice; readonly act: Act },
): Promise<number> {
  let platform: Platform | undefined;
  try {
    const { values, act } = read();
    const config = await settingsOf(values, terminal.env);
    platform = makePlatform({ ...config, REDIS_URL: undefined }, makeLog('cli', 'silent'));
    return (await act(platform, terminal)) ? 0 : 1;
  } catch (error) {
    complainOf(error, command, terminal);
    return error instanceof Failure ? 1 : UNUSABLE;
  } finally {
    platform?.close();
  }
}
