/**
 * The Content-Disposition of a download (RFC 6266): an ASCII fallback and the real name in UTF-8 (RFC 8187).
 * Control characters, quotes and path separators never get through.
 * @param kind `inline` for what is played in place. Default `attachment`: saved as a file.
 */
export function contentDisposition(fileName: string, kind: 'attachment' | 'inline' = 'attachment'): string {
  const clean = fileName.replace(/[\p{Cc}/\\]/gu, '_').slice(0, 255) || 'audio';
  const ascii = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_');
  const encoded = encodeURIComponent(clean).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** What a user's file is called from now on: the last path part, without control characters, at most 255 long. */
export function displayName(raw: string | undefined): string {
  const last = (raw ?? '').split(/[/\\]/).at(-1) ?? '';
  return (
    last
      .replace(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 255) || 'audio'
  );
}

/** The result's name: the source's without its ending, and the format's. */
export function resultName(sourceName: string, extension: string): string {
  return `${sourceName.replace(/\.[^.]{1,5}$/, '') || 'audio'}.${extension}`;
}
