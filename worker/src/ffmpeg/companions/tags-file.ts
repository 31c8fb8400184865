import { constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFiles } from '../folder-files.ts';

/**
 * Renders tags in FFmpeg's ffmetadata form. A file, because tags are hostile text: on the command line
 * they would show in `ps`, meet length limits, and need a second kind of escaping.
 */
export function renderTags(tags: Readonly<Record<string, string>>): string {
  const lines = Object.entries(tags).map(([key, value]) => `${escapeTag(key)}=${escapeTag(value)}`);
  return `;FFMETADATA1\n${lines.join('\n')}\n`;
}

/** Backslash before what has a meaning. NUL would end the file; a CR alone is taken for a line end. */
function escapeTag(text: string): string {
  return text
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/[=;#\\\n]/g, '\\$&');
}

/** The folder is the decoder's to write in: a subverted one could have put a link in the file's place. */
const NO_LINKS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Writes the tags into the attempt's folder, also when there are none. */
export async function writeTags(folder: string, tags: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(join(folder, folderFiles.tags), renderTags(tags), { flag: NO_LINKS });
}
