/** What the page itself keeps in a browser: its desk, its settings, its way back to files. */

/** Never throws: what cannot be forgotten holds nothing that the server would still know. */
export async function forgetBrowser(): Promise<void> {
  localStorage.clear();
  const databases = await indexedDB.databases().catch(() => []);
  for (const { name } of databases) if (name !== undefined) indexedDB.deleteDatabase(name);
}
