/** What stands in place of the page when it cannot begin. */
import { Logo } from './logo.tsx';

interface NoStartProps {
  readonly title: string;
  /** What happened, and what to do. */
  readonly message: string;
  readonly onRetry: () => void;
}

/** Shown in place of everything when the server does not tell what it can do, or cannot tell who asks. */
export function NoStart({ title, message, onRetry }: NoStartProps) {
  return (
    <main class="no-start">
      <Logo />
      <h1>{title}</h1>
      <p role="alert">{message}</p>
      <button type="button" class="button button-main" onClick={onRetry}>
        Try again
      </button>
    </main>
  );
}
