/** A job that has ended. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import { useState } from 'preact/hooks';
import { Icon } from '../shell/icons.tsx';
import { bytes, channels, clock, day, kbps, sizeChange } from '../text/amounts.ts';
import { Compare } from './compare.tsx';
import { CopyLinkButton, LinkLine, useLinkCopy } from './copy-link.tsx';
import { DownloadButton, DownloadLine, useDownload } from './download.tsx';
import { Facts } from './facts.tsx';
import { JobFailed } from './job-failed.tsx';

interface JobResultProps {
  readonly view: JobView;
  readonly title: string;
  /** Whether to show the waveform without being asked. Default: wait for a click. */
  readonly autoOpen?: boolean;
}

/** Beyond this a result is not fetched for its waveform unasked. */
const UNASKED_BYTES = 12_000_000;

/** A job that has ended, well or not. */
export function JobResult({ view, title, autoOpen = false }: JobResultProps) {
  const { output, inputSizeBytes, status, fileName } = view;
  const download = useDownload(view);
  const linkCopy = useLinkCopy(view);
  const isThere = view.removedAt === undefined;
  const [open, setOpen] = useState(autoOpen && isLight(view));
  if (status !== 'completed' || output === undefined) return <JobFailed view={view} title={title} />;
  const details = `details-${view.jobId}`;
  return (
    <>
      <div class="plan-head">
        <p class="plan-title">
          <Icon name="check" />
          <span class="only-heard">Done: </span>
          {title}
        </p>
        {isThere && (
          <div class="tools">
            <CopyLinkButton linkCopy={linkCopy} view={view} title={title} />
            <DownloadButton download={download} view={view} title={title} />
          </div>
        )}
      </div>
      <div class="upload-foot">
        <p class="line">
          {bytes(inputSizeBytes)} → <strong>{bytes(output.sizeBytes)}</strong> ·{' '}
          {sizeChange(inputSizeBytes, output.sizeBytes)} · {clock(output.durationSeconds)} ·{' '}
          {kbps((output.sizeBytes * 8) / output.durationSeconds / 1000)} {channels(output.channels)}
        </p>
        {isThere && (
          <button
            type="button"
            class="button button-bare"
            aria-expanded={open}
            aria-controls={details}
            onClick={() => setOpen(!open)}
          >
            {open ? 'Hide player and details' : 'Listen and compare'}
            <span class="only-heard">
              {' '}
              {fileName} as {title}
            </span>
          </button>
        )}
      </div>
      {isThere ? (
        <>
          <DownloadLine download={download} view={view} title={title} />
          <LinkLine linkCopy={linkCopy} />
        </>
      ) : (
        <p class="line" data-testid="removed">
          Deleted from the server. Add the file again to convert it again.
        </p>
      )}
      <Warnings warnings={view.warnings} />
      {isThere && <UploadKept until={view.uploadKeptUntil} />}
      <div id={details} hidden={!open}>
        {open && isThere && (
          <>
            <Compare view={view} />
            <Facts view={view} />
          </>
        )}
      </div>
    </>
  );
}

/** Until then it can be converted once more without being uploaded again. */
function UploadKept({ until }: { readonly until: JobView['uploadKeptUntil'] }) {
  if (until === undefined || Date.parse(until) <= Date.now()) return null;
  return (
    <p class="quiet" data-testid="upload-kept">
      Your upload is kept until {day(until)}.
    </p>
  );
}

function Warnings({ warnings }: Pick<JobView, 'warnings'>) {
  if (warnings.length === 0) return null;
  return (
    <ul class="warnings" aria-label="Good to know">
      {warnings.map(({ code, message }) => (
        <li key={code}>
          <Icon name="warn" />
          {message}
        </li>
      ))}
    </ul>
  );
}

function isLight({ output, inputSizeBytes, playback }: JobView): boolean {
  const heard = playback.result === 'file' ? (output?.sizeBytes ?? 0) : 0;
  const compared = playback.source === 'file' ? inputSizeBytes : 0;
  return heard + compared <= UNASKED_BYTES;
}
