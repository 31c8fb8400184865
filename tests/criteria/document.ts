/**
 * `docs/acceptance.md` as a program reads it: tables whose rows are criteria, one line each, with an id, what is
 * demanded, where it stands and what shows it.
 */
import { type NamedTest, namedTestsIn } from '../docs/named-tests.ts';

/** The four words of the column `status`; what follows a colon there is the reason. */
export const statuses = ['met', 'decided otherwise', 'needs an AWS account', 'not yet'] as const;
type Status = (typeof statuses)[number];

export interface Criterion {
  readonly id: string;
  readonly demand: string;
  readonly status: Status;
  /** Why it is not simply met, in a sentence. Empty when it is. */
  readonly reason: string;
  readonly tests: readonly NamedTest[];
  /** Whether the last column names a command, for what only another place can show. */
  readonly hasCommand: boolean;
}

/** How many criteria each group has. They count from 1, so that `R1` stands for R1.1 to R1.9. */
const groups: Readonly<Record<string, number>> = {
  ...{ R1: 9, R2: 8, R3: 7, R4: 6, R5: 7, R6: 15, R7: 17 },
  ...{ T1: 6, T2: 7, T3: 7, T4: 7, T5: 7, T6: 7, T7: 7, T8: 7, T9: 7, T10: 7, T11: 7, T12: 7, T13: 7 },
  ...{ F: 34, D: 44, S: 27 },
};

const idsOf = ([group, count]: [string, number]) =>
  Array.from({ length: count }, (_, index) =>
    /\d$/.test(group) ? `${group}.${index + 1}` : `${group}${index + 1}`,
  );

/** `| R1.1 | … | met | … |` */
const row = /^\| ([A-Z][\d.]+) \|(.*)\|$/;
const isStatus = (word: string): word is Status => statuses.some((status) => status === word);

/** What the document says, and what is wrong with how it says it: a sentence each. */
export interface Reading {
  readonly criteria: readonly Criterion[];
  readonly problems: readonly string[];
}

export function readCriteria(text: string, wanted: Readonly<Record<string, number>> = groups): Reading {
  const rows = text.split('\n').flatMap((line) => {
    const [, id, cells] = row.exec(line) ?? [];
    return id === undefined || cells === undefined ? [] : [criterionOf(id, cells)];
  });
  const criteria = rows.filter((each) => typeof each !== 'string');
  const problems = rows.filter((each) => typeof each === 'string');
  return {
    criteria,
    problems: [...problems, ...problemsOfIds(text, wanted), ...criteria.flatMap(problemsOf)],
  };
}

function criterionOf(id: string, text: string): Criterion | string {
  const cells = text.split('|').map((cell) => cell.trim());
  const [demand = '', told = '', shown = ''] = cells;
  if (cells.length !== 3) return `${id}: a row has four cells`;
  const [status = '', ...reason] = told.split(': ');
  if (!isStatus(status)) return `${id}: "${status}" is none of: ${statuses.join(', ')}`;
  const tests = namedTestsIn(shown);
  return { id, demand, status, reason: reason.join(': '), tests, hasCommand: /`npm |`docker /.test(shown) };
}

function problemsOfIds(text: string, wanted: Readonly<Record<string, number>>): string[] {
  const there = text.split('\n').flatMap((line) => row.exec(line)?.[1] ?? []);
  const ids = Object.entries(wanted).flatMap(idsOf);
  return [
    ...ids.filter((id) => !there.includes(id)).map((id) => `${id} is missing`),
    ...there.filter((id, index) => there.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...there.filter((id) => !ids.includes(id)).map((id) => `${id} is no criterion`),
  ];
}

function problemsOf({ id, demand, status, reason, tests, hasCommand }: Criterion): string[] {
  return [
    ...(demand === '' ? [`${id}: does not say what is demanded`] : []),
    ...(status === 'met' && tests.length === 0 ? [`${id}: is met, and names no test`] : []),
    ...(status === 'needs an AWS account' && !hasCommand ? [`${id}: names no command`] : []),
    ...((status === 'decided otherwise' || status === 'not yet') && reason === ''
      ? [`${id}: does not say why`]
      : []),
  ];
}
