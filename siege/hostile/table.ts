/** The tables of README.md, from the classes that are tried. */
import type { FileClass } from './files/file-class.ts';
import type { RequestClass } from './requests/request-class.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function tableOf(kind: string, classes: readonly (FileClass | RequestClass)[]): string {
  return [
    `| class | ${kind} | answer | in \`npm test\` |`,
    '|---|---|---|---|',
    ...classes.map(
      ({ id, what, answer, quick }) =>
        `| ${id} | ${cell(what)} | ${cell(answer)} | ${quick === true ? 'yes' : ''} |`,
    ),
  ].join('\n');
}
