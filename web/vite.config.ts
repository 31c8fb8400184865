/** How the page is built: one script, one style, compressed beforehand. */
import { defineConfig } from 'vite';
import { precompress } from './build/precompress.ts';
import { withoutJsonSchema } from './build/without-json-schema.ts';

/** Where `npm run dev:web` finds the API: the address that `npm start` prints. */
const api = process.env.API_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // Inlined assets would be data: URLs, which the page's Content-Security-Policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': api } },
  plugins: [withoutJsonSchema(), precompress()],
});
