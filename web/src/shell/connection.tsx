/** The word on a server that does not answer, or refuses. */
import type { Problem } from '@wavefleet/client/problem.ts';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';

/** Shown while the page has no news of its jobs: what that means, and what to do. */
export function Connection() {
  const { jobs } = useServices();
  const trouble = useStore(jobs.trouble);
  if (trouble === undefined) return null;
  const kind = kindOf(trouble);
  return (
    <div class="notice notice-warn" role="alert">
      <p>{kind === 'refusal' ? trouble.message : sentences[kind]}</p>
      {kind === 'stranger' ? (
        <a class="button" href="#/sign-in">
          Sign in
        </a>
      ) : (
        <button
          type="button"
          class="button"
          onClick={() => (kind === 'otherVersion' ? location.reload() : void jobs.look())}
        >
          {kind === 'otherVersion' ? 'Reload the page' : 'Try now'}
        </button>
      )}
    </div>
  );
}

const sentences = {
  away: 'The server is not answering. Conversions already started continue without this page; we keep trying and show them as soon as we can.',
  stranger: 'You are no longer signed in. Conversions already started continue; sign in to see them.',
  otherVersion:
    'The server now runs another version, whose answers this page does not understand. Reload the page. Conversions already started continue.',
} as const;

function kindOf({ status, code }: Problem): keyof typeof sentences | 'refusal' {
  if (status === 401) return 'stranger';
  if (status === 0 || status >= 500) return 'away';
  return code === 'UNEXPECTED_ANSWER' ? 'otherVersion' : 'refusal';
}
