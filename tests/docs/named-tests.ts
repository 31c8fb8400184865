/** Tests as documents name them: the file in a code span, then the title in double quotes, as it stands in the source. */

export interface NamedTest {
  /** From the repository's root. */
  readonly file: string;
  /** With the placeholders of `test.each`; for a file of Terraform's, the name of a run. */
  readonly title: string;
}

const namedTest = /`([^`\s]+\.(?:test\.tsx?|tftest\.hcl))` "([^"]+)"/g;

/** In the order in which the text names them. */
export function namedTestsIn(text: string): NamedTest[] {
  return [...text.matchAll(namedTest)].map(([, file = '', title = '']) => ({ file, title }));
}

/** A string that is the first argument of a call, or the name of a run of Terraform's. */
export function hasTest(source: string, title: string): boolean {
  return new RegExp(`(\\(|^run)\\s*(['"\`])${escaped(title)}\\2\\s*[,{]`, 'm').test(source);
}

/** What `test.each` puts values in: `%s`, `%.60s`, `$name`. */
const placeholder = /%%|%(?:\.\d+)?[sdifjoOc#$]|\$[A-Za-z_][\w.]*/g;

/** A regular expression for what a title becomes when it runs. Without anchors. */
export function patternOf(title: string): string {
  const texts = title.split(placeholder).map(escaped);
  return texts.join('[\\s\\S]*');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
