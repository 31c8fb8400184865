/** Where people sign in: a link for each provider. */
import type { Me } from '@wavefleet/contracts/people.ts';
import { ProblemNotice } from '../shell/problem-notice.tsx';

/** @param denied whether somebody has just told their provider not to. */
export function SignInView({ auth, denied }: { readonly auth: Me['auth']; readonly denied: boolean }) {
  return (
    <section class="history sign-in" aria-labelledby="view-heading">
      <h1 id="view-heading" tabIndex={-1}>
        Sign in
      </h1>
      <ProblemNotice
        problem={denied ? 'You were not signed in: permission was refused at the provider.' : undefined}
      />
      <p class="quiet">
        {auth.mode === 'required'
          ? 'You need to sign in to use this service.'
          : 'Sign in to see the same conversions in every browser. What you have in this one moves to your account.'}
      </p>
      {auth.providers.map(({ id, label, href }) => (
        <a key={id} class="button button-main" href={href}>
          Sign in with {label}
        </a>
      ))}
    </section>
  );
}
