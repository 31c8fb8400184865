/** What is said once everything of somebody was deleted. */

/** The page is new by then: it knows nothing of what was there. */
export function ErasedView() {
  return (
    <section class="history" aria-labelledby="view-heading">
      <h1 id="view-heading" tabIndex={-1}>
        Everything of yours is deleted
      </h1>
      <p>
        A conversion that was under way ends and goes within minutes; a file that was just being sent goes
        when it has arrived. The page of this browser is a new one.
      </p>
      <p>
        <a class="button" href="#/">
          Convert a file
        </a>
      </p>
    </section>
  );
}
