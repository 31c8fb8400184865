/** Files out of a drop, with handles that outlive a reload where the browser gives them, and folders opened. */
import type { Brought } from './adder.ts';
import type { AddedFile } from './desk.ts';
import type { ReopenableFile } from './file-handles.ts';

interface HandleGiver {
  getAsFileSystemHandle?: () => Promise<(ReopenableFile & { kind: string }) | null>;
}

/** Call it at once in the `drop` event: the browser empties the transfer afterwards. Never throws. */
export async function droppedFiles(transfer: DataTransfer): Promise<Brought> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const taken = items.map((item) => ({
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
    handle: handleOf(item),
  }));
  const unreadable: string[] = [];
  const files = await Promise.all(
    taken.map(async ({ entry, file, handle }): Promise<AddedFile[]> => {
      if (entry?.isDirectory) {
        const found = await filesBelow(entry, unreadable);
        return found.map((file) => ({ file, inFolder: true }));
      }
      if (file === null) return [];
      return [{ file, handle: await handle }];
    }),
  );
  return { files: files.flat(), unreadable };
}

async function handleOf(item: DataTransferItem & HandleGiver): Promise<ReopenableFile | undefined> {
  const handle = await item.getAsFileSystemHandle?.().catch(() => null);
  return handle?.kind === 'file' ? handle : undefined;
}

/** @param unreadable gets the names of what cannot be opened; the rest of the folder is taken all the same. */
async function filesBelow(entry: FileSystemEntry, unreadable: string[]): Promise<File[]> {
  try {
    if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
    if (!isFolder(entry)) return [];
    const entries = await entriesOf(entry);
    const visible = entries.filter(({ name }) => !name.startsWith('.'));
    return (await Promise.all(visible.map((each) => filesBelow(each, unreadable)))).flat();
  } catch {
    unreadable.push(entry.name);
    return [];
  }
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A reader hands out a hundred entries at a time, and none when it is through.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return found;
    found.push(...batch);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
