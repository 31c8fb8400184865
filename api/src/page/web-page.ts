/** The built page, read into memory once at start: a few files, served only under the names they have there. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** Stands in the built HTML where each answer gets its own nonce. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

const HTML = '/index.html';

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/** One file of the page, as it is answered. */
export interface PageFile {
  readonly mimeType: string;
  readonly etag: string;
  /** The name holds a hash of the content: it never changes. */
  readonly immutable: boolean;
  readonly bytes: Buffer<ArrayBuffer>;
  /** The same, compressed by the build; absent where it did not. */
  readonly br?: Buffer<ArrayBuffer> | undefined;
  readonly gzip?: Buffer<ArrayBuffer> | undefined;
}

/** The whole page. */
export interface WebPage {
  readonly html: string;
  /** By URL path, without the HTML: `/assets/index-4f2a.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Undefined when the folder holds no built page. @throws when it is there but cannot be read. */
export async function loadWebPage(folder: string): Promise<WebPage | undefined> {
  const contents = await readAll(folder);
  const files = new Map<string, PageFile>();
  for (const [path, bytes] of contents) {
    // What the build compressed is another form of the same file, not a file to ask for.
    const base = /^(.*)\.(br|gz)$/.exec(path)?.[1];
    if (path === HTML || (base !== undefined && contents.has(base))) continue;
    files.set(path, {
      mimeType: mimeTypes[extname(path)] ?? 'application/octet-stream',
      etag: etagOf(bytes),
      immutable: path.startsWith('/assets/'),
      bytes,
      br: contents.get(`${path}.br`),
      gzip: contents.get(`${path}.gz`),
    });
  }
  const html = contents.get(HTML)?.toString('utf8');
  return html === undefined ? undefined : { html, files };
}

/** Every file below the folder, by its URL path. */
async function readAll(folder: string): Promise<Map<string, Buffer<ArrayBuffer>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const contents = new Map<string, Buffer<ArrayBuffer>>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = join(entry.parentPath, entry.name);
    contents.set(`/${relative(folder, file).split(sep).join('/')}`, Buffer.from(await readFile(file)));
  }
  return contents;
}

/** Strong: the same bytes have the same tag in every process. */
export function etagOf(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
}
