/**
 * What the images run: each program as one bundle, without comments (docs/decisions/021). Functions and classes keep their
 * names, for stack traces. Everywhere else Node runs the TypeScript as it stands (docs/decisions/007).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'rolldown';

const entryOf = (room: string): string => join(import.meta.dirname, room, 'src', 'main.ts');

/** As deep as the sources are: what they look for two folders up, the page and our FFmpeg, is found from here as well. */
const bundleOf = (room: string): BuildOptions => ({
  input: entryOf(room),
  platform: 'node',
  output: {
    dir: join(import.meta.dirname, 'dist', room),
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // Licences stay.
    comments: { legal: true, annotation: false, jsdoc: false },
    minify: {
      compress: { keepNames: { function: true, class: true } },
      mangle: { keepNames: true },
      codegen: { removeWhitespace: true },
    },
  },
});

// The stage that builds an image has the sources of one.
export default ['api', 'worker'].filter((room) => existsSync(entryOf(room))).map(bundleOf);
