/**
 * Leaves zod's JSON Schema writer out of the page. Every schema of zod's classic API drags it in (33 kB of source, a
 * tenth of the script), for a method that only the server's OpenAPI document calls.
 */
import type { Plugin } from 'vite';

/** Of zod 4.6.7. A release that files them elsewhere fails the build, so that nobody carries them unknowingly. */
const writers = /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/;

/** Calling what was left out throws. */
export function withoutJsonSchema(): Plugin {
  const found = new Set<string>();
  return {
    name: 'without-json-schema',
    apply: 'build',
    transform(code, id) {
      if (!writers.test(id)) return;
      found.add(id);
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
      const left = `() => { throw new Error('the page has no JSON Schema writer'); }`;
      return names.map((name) => `export const ${name} = () => ${left};`).join('\n');
    },
    buildEnd(error) {
      if (error === undefined && found.size !== 2)
        this.error('web/build/without-json-schema.ts knows no longer where zod writes JSON Schema');
    },
  };
}
