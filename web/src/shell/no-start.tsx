/** What stands in place of the page when it cannot begin. */
import { Logo } from './logo.tsx';

interface NoStartProps {
  readonly message: string;
  readonly onRetry: () => void;
}

/** Shown in place of everything when the server does not tell what it can do. */
export function NoStart({ message, onRetry }: NoStartProps) {
  return (
    <main class="no-start">
      <Logo />
      <h1>wavefleet is not answering</h1>
      <p role="alert">{message}</p>
      <button type="button" class="button button-main" onClick={onRetry}>
        Try again
      </button>
    </main>
  );
}
