/** Which jobs whoever has signed in gets an e-mail about. Nothing where none are sent, or their address is not verified. */
import { asProblem } from '@wavefleet/client/problem.ts';
import type { EmailNotices } from '@wavefleet/contracts/mails.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';
import { useStore } from '../use-store.ts';

const labels: Readonly<Record<EmailNotices, string>> = {
  all: 'About every conversion, when it is done or has failed',
  asked: 'Only when a program asks for one',
  none: 'Never',
};
const choices: readonly EmailNotices[] = ['all', 'asked', 'none'];

/** A choice of three, kept at once. */
export function EmailChoice() {
  const { session, announcer } = useServices();
  const account = useStore(session.me)?.account;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  if (account?.emailNotices === undefined) return null;
  const choose = async (emailNotices: EmailNotices) => {
    try {
      await session.changeEmailNotices(emailNotices);
      setProblem(undefined);
      announcer.say('Your choice is saved.');
    } catch (error) {
      setProblem(asProblem(error).message);
    }
  };
  return (
    <section class="notices" aria-labelledby="email-heading">
      <h2 id="email-heading">E-mails</h2>
      <ProblemNotice problem={problem} />
      <fieldset class="card">
        <legend>E-mails to {account.email}</legend>
        {choices.map((choice) => (
          <label key={choice} class="key-scope">
            <input
              type="radio"
              name="email-notices"
              checked={account.emailNotices === choice}
              onChange={() => void choose(choice)}
            />
            {labels[choice]}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
