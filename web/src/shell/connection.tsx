/** The word on a server that does not answer. */
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';

/** Shown while the server does not answer: what that means, and a way not to wait. */
export function Connection() {
  const { jobs } = useServices();
  const reachable = useStore(jobs.reachable);
  if (reachable) return null;
  return (
    <div class="notice notice-warn" role="alert">
      <p>
        The server does not answer. Conversions that have begun go on without this page; we keep asking and
        show them as soon as we can.
      </p>
      <button type="button" class="button" onClick={() => void jobs.look()}>
        Ask now
      </button>
    </div>
  );
}
