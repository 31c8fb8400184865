/** Tags in FFmpeg's ffmetadata form. */

/**
 * Renders tags as the text of such a file. A file, because tags are hostile text: on the command line they would
 * show in `ps`, meet length limits, and need a second kind of escaping.
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
