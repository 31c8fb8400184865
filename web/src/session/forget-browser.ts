/** What the page itself keeps in a browser: its desk, its settings, its way back to files. */
import { browserStorage } from '../shell/browser-storage.ts';

/** Never throws: what cannot be forgotten holds nothing that the server would still know. */
export async function forgetBrowser(): Promise<void> {
  browserStorage().clear();
  try {
    const databases = await indexedDB.databases();
    for (const { name } of databases) if (name !== undefined) indexedDB.deleteDatabase(name);
  } catch {
    // Browsers that forbid databases to this page have kept none for it.
  }
}
