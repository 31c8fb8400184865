/**
 * What the images run: each program as one bundle, without comments (docs/decisions/021). Functions and classes keep their
 * names, for stack traces. Everywhere else Node runs the TypeScript as it stands (docs/decisions/007).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'rolldown';

const entryOf = (room: string): string => join(import.meta.dirname, room, 'src', 'main.ts');

/**
 * Libraries that import Node's HTTP are given it as `require` gives it: an import reads every name there is, `WebSocket`
 * among them, and so loads undici, 8 MB (as in platform/src/node-http.ts).
 */
const nodeHttp: Plugin = {
  name: 'node-http',
  resolveId: { filter: { id: /^(node:)?http$/ }, handler: () => '\0node-http.cjs' },
  load: {
    filter: { id: /^\0node-http\.cjs$/ },
    handler: () => `module.exports = process.getBuiltinModule('node:http');`,
  },
};

/** As deep as the sources are: what they look for two folders up, the page and our FFmpeg, is found from here as well. */
const bundleOf = (room: string): BuildOptions => ({
  input: entryOf(room),
  platform: 'node',
  // ECMAScript modules where a package has both: only of them is left out what nothing reaches.
  resolve: { mainFields: ['module', 'main'], conditionNames: ['module'] },
  plugins: [nodeHttp],
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
