/** Who can see a file, and until when, as this server keeps it. */
import { useServices } from '../services.ts';
import { counted } from '../text/amounts.ts';
import { useStore } from '../use-store.ts';

/** Below the files: closed, since most know; one click away, since everybody may ask. */
export function WhoSees() {
  const me = useStore(useServices().session.me);
  if (me?.keeping === undefined) return null;
  const { resultDays, historyDays, uploadDays, unusedUploadDays, unfinishedUploadHours } = me.keeping;
  const days = (count: number) => counted(count, 'day');
  return (
    <details class="fold who-sees">
      <summary>Who sees your files, and until when</summary>
      <ul class="quiet">
        <li>
          {me.account === undefined
            ? 'You: whoever uses this browser, and programs with an API key of yours.'
            : 'You: whoever has signed in to your account, and programs with an API key of yours.'}
        </li>
        <li>Whoever you give a link to sees that one result, until the link ends.</li>
        <li>Whoever runs this service can read everything.</li>
        <li>
          A result is kept for {days(resultDays)}, its place in the history for {days(historyDays)}; an
          uploaded file for {days(uploadDays)} after its last conversion, for {days(unusedUploadDays)} when it
          was never converted, and one that was not finished for {counted(unfinishedUploadHours, 'hour')}.
        </li>
        <li>
          All of it goes at once when you delete it: one by one or as a whole, in the{' '}
          <a href="#/history">history</a>.
        </li>
      </ul>
    </details>
  );
}
