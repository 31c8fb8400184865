/** Files that can be read no more. To `fetch` and XMLHttpRequest those look like a line that has broken. */
import { Problem } from './problem.ts';

/** Why the bytes could not be sent, when it is the file's doing; undefined when they can be read. Reads one byte. */
export async function whyUnreadable(bytes: Blob): Promise<Problem | undefined> {
  try {
    await bytes.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (cause) {
    return unreadable(cause);
  }
}

/** What is said of a file that cannot be read. */
export function unreadable(cause: unknown): Problem {
  const message =
    'This file can no longer be read: it was changed, moved or deleted after it was chosen. Choose it again.';
  return new Problem('FILE_UNREADABLE', message, { cause });
}
