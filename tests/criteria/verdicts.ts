/** What the results of the named tests mean for the criteria. */
import { join } from 'node:path';
import { type NamedTest, patternOf } from '../docs/named-tests.ts';
import { type Criterion, statuses } from './document.ts';

/** One test as it ran. */
export interface TestResult {
  /** Absolute path. */
  readonly file: string;
  /** Without the names of the groups around it. */
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
}

/** How a named test went. `elsewhere`: its runner cannot run here. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'did not run' | 'elsewhere';

/**
 * All cases of a named test have to pass.
 * @param results of all runners; `root` is the repository's, on which their files stand.
 */
export function outcomeOf({ file, title }: NamedTest, results: readonly TestResult[], root: string): Outcome {
  const path = join(root, file);
  const wanted = new RegExp(`^${patternOf(title)}$`);
  const cases = results.filter((each) => each.file === path && wanted.test(each.title));
  if (cases.length === 0) return 'did not run';
  if (cases.some(({ status }) => status === 'failed')) return 'failed';
  return cases.every(({ status }) => status === 'passed') ? 'passed' : 'skipped';
}

/** The last line: how many of the criteria that are met were shown, and how many there are of the others. */
export function summaryOf(
  criteria: readonly Criterion[],
  outcome: (test: NamedTest) => Outcome,
): { readonly line: string; readonly allShown: boolean } {
  const [met, otherwise, account, notYet] = statuses.map((status) =>
    criteria.filter((each) => each.status === status),
  );
  const isShown = ({ tests }: Criterion) => tests.every((test) => outcome(test) === 'passed');
  const shown = met?.filter(isShown).length ?? 0;
  const line = [
    `criteria shown ${shown}/${met?.length}`,
    `decided otherwise ${otherwise?.length}`,
    `need an account ${account?.length}`,
    `not yet ${notYet?.length}`,
  ].join(', ');
  return { line, allShown: criteria.every(isShown) };
}
