/** The names by which this machine is itself. */

const names: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether what goes there leaves no machine.
 * @param hostname as `URL` has it, without a port. Other names may well lead here too: nothing is to be built on those.
 */
export function isThisMachine(hostname: string): boolean {
  return names.has(hostname);
}
