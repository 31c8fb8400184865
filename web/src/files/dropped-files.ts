/** Files out of a drop, with handles that outlive a reload where the browser gives them, and folders opened. */
import type { AddedFile } from './desk.ts';
import type { ReopenableFile } from './file-handles.ts';

interface HandleGiver {
  getAsFileSystemHandle?: () => Promise<(ReopenableFile & { kind: string }) | null>;
}

/** Call it at once in the `drop` event: the browser empties the transfer afterwards. */
export async function droppedFiles(transfer: DataTransfer): Promise<AddedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const taken = items.map((item) => ({
    entry: item.webkitGetAsEntry?.() ?? null,
    file: item.getAsFile(),
    handle: handleOf(item),
  }));
  const added = await Promise.all(
    taken.map(async ({ entry, file, handle }): Promise<AddedFile[]> => {
      if (entry?.isDirectory) return (await filesBelow(entry)).map((found) => ({ file: found }));
      if (file === null) return [];
      return [{ file, handle: await handle }];
    }),
  );
  return added.flat();
}

async function handleOf(item: DataTransferItem & HandleGiver): Promise<ReopenableFile | undefined> {
  const handle = await item.getAsFileSystemHandle?.().catch(() => null);
  return handle?.kind === 'file' ? handle : undefined;
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: File[] = [];
  for (;;) {
    // A reader hands out a hundred entries at a time, and none when it is through.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return found;
    const visible = batch.filter(({ name }) => !name.startsWith('.'));
    found.push(...(await Promise.all(visible.map(filesBelow))).flat());
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
