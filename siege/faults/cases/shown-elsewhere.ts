/** Faults that a test outside of this folder breaks a fleet with: what no rig here could show better. */

export interface ShownElsewhere {
  readonly id: string;
  /** What breaks, in a few words. */
  readonly breaks: string;
  /** From the repository's root. */
  readonly file: string;
  /** The test's title as it stands there, or the end of one that a `describe` begins. */
  readonly test: string;
}

export const shownElsewhere: readonly ShownElsewhere[] = [
  {
    id: 'F38',
    breaks: 'a worker is told to go when its job is nearly done',
    file: 'tests/e2e/lifecycle.test.ts',
    test: 'a job that ends within the drain is finished, not handed over',
  },
  {
    id: 'F52',
    breaks: 'the mail server is away, or says no',
    file: 'tests/e2e/mail.test.ts',
    test: 'that is away delays e-mails and nothing else; once it is back each comes once',
  },
  {
    id: 'F63',
    breaks: 'a message was put aside while its job waits',
    file: 'tests/e2e/dead-letters.test.ts',
    test: 'a job that waits fails over its dead letter and is told; what is settled goes; the rest is left as it is',
  },
  {
    id: 'F66',
    breaks: 'one owner floods the queue',
    file: 'tests/e2e/fairness.test.ts',
    test: 'behind 60 jobs of one owner, another one’s job is next when a slot is free; all run once, and no message is left',
  },
];
