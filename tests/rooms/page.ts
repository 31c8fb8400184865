/** Models (`.ts`) of the page say what there is and know no view; views (`.tsx`) draw it. */
import { importsOf, isTest, type SourceFile } from './imports.ts';

/** Puts models and views together, and so knows both. */
const TOGETHER = /^web\/src\/(app\.tsx|assemble\.ts|main\.tsx)$/;

/** One sentence per model that imports a view, or the models that `services.ts` hands down to views. */
export function mixedModels(file: SourceFile): string[] {
  const isModel = file.path.startsWith('web/src/') && file.path.endsWith('.ts');
  if (!isModel || isTest(file.path) || TOGETHER.test(file.path)) return [];
  return importsOf(file).flatMap(({ target }) => {
    if (target?.startsWith('web/src/') && target.endsWith('.tsx'))
      return [`${file.path} imports the view ${target}: a model knows no view; hand the value to the view`];
    if (target === 'web/src/services.ts')
      return [
        `${file.path} imports services.ts: it is for views; a model takes what it needs as an argument`,
      ];
    return [];
  });
}
