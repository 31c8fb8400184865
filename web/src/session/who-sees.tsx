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
      <summary>Who can see your files, and for how long</summary>
      <ul class="quiet">
        <li>
          {me.account === undefined
            ? 'You: anyone who uses this browser, and programs with one of your API keys.'
            : 'You: anyone signed in to your account, and programs with one of your API keys.'}
        </li>
        <li>Anyone to whom you give a link can see that one result, until the link ends.</li>
        <li>The operator of this service can read everything.</li>
        <li>
          A result is kept for {days(resultDays)}, and its entry in the history for {days(historyDays)}. An
          uploaded file is kept for {days(uploadDays)} after its last conversion, for {days(unusedUploadDays)}{' '}
          if it was never converted, and for {counted(unfinishedUploadHours, 'hour')} if the upload was not
          finished.
        </li>
        <li>
          What you delete in the <a href="#/history">history</a>, one by one or everything together, is gone
          immediately.
        </li>
      </ul>
    </details>
  );
}
