/** What is said once everything of somebody was deleted. */

/** The page is new by then: it knows nothing of what was there. */
export function ErasedView() {
  return (
    <section class="history" aria-labelledby="view-heading">
      <h1 id="view-heading" tabIndex={-1}>
        All your data is deleted
      </h1>
      <p>
        A conversion that was still running ends and is deleted within minutes; a file that was still being
        sent is deleted once it has arrived. This browser now starts afresh.
      </p>
      <p>
        <a class="button" href="#/">
          Convert a file
        </a>
      </p>
    </section>
  );
}
