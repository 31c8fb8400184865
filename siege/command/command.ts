/** What the commands of this room have in common: Ctrl-C, the line when they break off, and what they are asked for. */

/**
 * Runs one to its end, and leaves its verdict as the exit code.
 * @param name as `npm run` has it; in front of what is said when it breaks off.
 * @param command gets what stands behind the name, and a signal: at Ctrl-C it stops what it started. At the second one
 *   nobody is asked. Answers whether everything held.
 */
export async function runCommand(
  name: string,
  command: (args: readonly string[], interrupted: AbortSignal) => Promise<boolean>,
): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  try {
    process.exitCode = (await command(process.argv.slice(2), interrupted.signal)) ? 0 : 1;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    // Whatever else was started must not keep it alive.
    process.exit(1);
  }
}

/**
 * Those whose ids were named, in their own order; all of them where none was.
 * @param kind what they are, in the singular.
 * @throws Error for an id that none has.
 */
export function chosenOf<Item extends { readonly id: string }>(
  all: readonly Item[],
  ids: readonly string[],
  kind: string,
): readonly Item[] {
  const unknown = ids.filter((id) => !all.some((item) => item.id === id));
  if (unknown.length > 0) throw new Error(`no ${kind} named ${unknown.join(', ')}; --list shows them`);
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
}

/**
 * The number that an option was given.
 * @param option its name, for whoever gave it something else.
 * @throws Error for what is no number above 0.
 */
export function numberOf<Default extends number | undefined>(
  given: string | undefined,
  option: string,
  otherwise: Default,
): number | Default {
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${option} is a number above 0, and not ${given}`);
}
