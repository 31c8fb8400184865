/** What went wrong, above what it went wrong with. */
import type { ComponentChildren } from 'preact';

/** Read aloud at once. Nothing where there is no problem. */
export function ProblemNotice({
  problem,
  children,
}: {
  /** A sentence. */
  readonly problem: string | undefined;
  /** What can be done about it, such as a button. */
  readonly children?: ComponentChildren;
}) {
  if (problem === undefined) return null;
  return (
    <div class="notice notice-warn" role="alert">
      <p>{problem}</p>
      {children}
    </div>
  );
}
