/**
 * The way to a result. The browser downloads it itself, by an ordinary link: so a file of any size goes straight to the
 * disk, is listed among the downloads and can be resumed there. A page that fetched it would have to hold it in memory.
 * What the browser does not tell is asked before: whether the server can send it, and if not, why.
 */
import { asProblem, type Problem } from '@wavefleet/client/problem.ts';
import { backoffMs, sleep } from '@wavefleet/client/wait.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { followLink } from '../shell/follow-link.ts';
import { Icon } from '../shell/icons.tsx';

/** Before the user is asked: a deployment or a short outage passes in the meantime. */
const TRIES = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2_000;

type DownloadState =
  | { readonly at: 'rest' | 'asking' | 'begun' }
  | { readonly at: 'failed'; readonly problem: Problem };

/** A download as the buttons and the line below them share it. */
export interface Download {
  readonly state: DownloadState;
  /** Asks whether the server can send the file, and has the browser fetch it. */
  readonly start: () => Promise<void>;
  /** The other way: straight from the storage, past the server. */
  readonly fromStorage: () => Promise<void>;
}

/** One download of one result. */
export function useDownload({ jobId, links }: JobView): Download {
  const { results, jobs } = useServices();
  const [state, setState] = useState<DownloadState>({ at: 'rest' });
  const attempt = async (way: () => Promise<void>) => {
    setState({ at: 'asking' });
    try {
      await patiently(way);
      setState({ at: 'begun' });
    } catch (error) {
      const problem = asProblem(error);
      setState({ at: 'failed', problem });
      // Deleted or expired: the job itself can say more.
      if (problem.status === 410) void jobs.load(jobId);
    }
  };
  return {
    state,
    start: () =>
      attempt(async () => {
        await results.check(jobId);
        followLink(links.download);
      }),
    // In a tab of its own: should the storage not be reachable from here, this page stays.
    fromStorage: () => attempt(async () => followLink((await results.link(jobId)).url, '_blank')),
  };
}

async function patiently(way: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await way();
    } catch (error) {
      if (!asProblem(error).retryable || tries === TRIES) throw error;
      await sleep(backoffMs(tries, FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
    }
  }
}

interface DownloadProps {
  readonly download: Download;
  readonly view: JobView;
  /** What it was converted to, for those who hear the button alone. */
  readonly title: string;
}

/** The main button: a real link, so that "save as" and "open in a new tab" work as anywhere. */
export function DownloadButton({ download, view, title }: DownloadProps) {
  const { state, start } = download;
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (state.at !== 'asking') void start();
  };
  return (
    <a
      class="button button-main button-small"
      href={view.links.download}
      download
      aria-busy={state.at === 'asking'}
      onClick={onClick}
    >
      <Icon name="download" />
      Download
      <span class="only-heard">
        {' '}
        {view.fileName} as {title}
      </span>
    </a>
  );
}

/** What became of the download, and the ways that are left. Nothing before the first one. */
export function DownloadLine({ download, view, title }: DownloadProps) {
  const { catalogue } = useServices();
  const { state } = download;
  if (state.at === 'rest' || state.at === 'asking') return null;
  const isOver = state.at === 'failed' && !state.problem.retryable;
  const name = (
    <span class="only-heard">
      {' '}
      {view.fileName} as {title}
    </span>
  );
  return (
    <div class="upload-foot" data-testid="download-line">
      {state.at === 'failed' ? (
        <p class="line-bad" role="alert">
          {state.problem.message}
        </p>
      ) : (
        <p class="line">Your browser is downloading it. Did the download fail?</p>
      )}
      {!isOver && (
        <div class="tools">
          <button type="button" class="button button-small" onClick={() => void download.start()}>
            Try again
            {name}
          </button>
          {/* Where browsers cannot reach the storage, there is only one way. */}
          {catalogue.upload.mode === 'direct' && (
            <button type="button" class="button button-small" onClick={() => void download.fromStorage()}>
              Download from the storage
              {name}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
