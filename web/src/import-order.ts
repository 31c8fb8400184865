/**
 * Which part of the page may import which. Models (`.ts`) say what there is and know no view; views (`.tsx`) draw it.
 * Views of every part get the models handed down by `services.ts`, so it may know all models and no view.
 */

/** The parts of `web/src`: each imports only itself and those before it. */
const parts = [
  'import-order.ts',
  'text',
  'store.ts',
  'use-store.ts',
  'shell',
  'upload',
  'convert',
  'progress',
  'result',
  'files',
  'history',
  'services.ts',
  'app.tsx',
  'assemble.ts',
  'main.tsx',
];

/**
 * What is wrong with the imports of one file, as sentences that say where the line belongs.
 * @param file path from `web/src`, such as `upload/slots.ts`.
 */
export function misplacedImports(file: string, text: string): string[] {
  const found: string[] = [];
  for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = new URL(specifier, `page:/${file}`).pathname.slice(1);
    const [mine, theirs] = [file, target].map((path) => path.split('/')[0] ?? '') as [string, string];
    const isView = file.endsWith('.tsx') || parts.indexOf(mine) > parts.indexOf('services.ts');
    if (parts.indexOf(theirs) < 0) found.push(`${file}: give '${theirs}' a place in web/src/import-order.ts`);
    else if (!isView && target.endsWith('.tsx'))
      found.push(`${file}: a model may not import the view ${target}; hand the value to the view instead`);
    else if (theirs === 'services.ts' && !isView)
      found.push(`${file}: only views import services.ts; take what is needed as an argument`);
    else if (theirs !== 'services.ts' && parts.indexOf(theirs) > parts.indexOf(mine))
      found.push(`${file}: ${mine} may not import ${theirs}; what both need belongs into ${mine}`);
  }
  return found;
}
