/** The part of the page that is only heard. */
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';

/** Where the announcer's sentences become audible. */
export function LiveRegion() {
  const said = useStore(useServices().announcer.said);
  return (
    <div class="only-heard" role="status" aria-live="polite">
      {said}
    </div>
  );
}
