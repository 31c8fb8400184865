/** A link to the result for others: made at the first click, copied at each. */
import { asProblem } from '@wavefleet/client/problem.ts';
import type { JobView } from '@wavefleet/contracts/http.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { Icon } from '../shell/icons.tsx';
import { day } from '../text/amounts.ts';

interface Link {
  readonly url: string;
  /** ISO. */
  readonly expiresAt: string;
}

/** One link of one result, as the button and the line below share it. */
export interface LinkCopy {
  readonly link: Link | undefined;
  readonly problem: string | undefined;
  readonly copied: boolean;
  readonly copy: () => Promise<void>;
}

/** The same link for as long as the page is open: a second click makes no second one. */
const made = new Map<string, Link>();

/** Nothing is made before the first click. */
export function useLinkCopy({ jobId, fileName }: JobView): LinkCopy {
  const { shares, announcer } = useServices();
  const [link, setLink] = useState(made.get(jobId));
  const [problem, setProblem] = useState<string>();
  const [copied, setCopied] = useState(false);
  const newLink = async (): Promise<Link> => {
    const { url, expiresAt } = await shares.make(jobId);
    return { url: new URL(url, location.href).href, expiresAt };
  };
  const copy = async () => {
    setCopied(false);
    setProblem(undefined);
    try {
      const known = made.get(jobId);
      const wanted = known !== undefined && Date.parse(known.expiresAt) > Date.now();
      const current = wanted ? known : await newLink();
      made.set(jobId, current);
      // Where pages have no clipboard, the line below shows the link selected.
      await navigator.clipboard?.writeText(current.url).then(
        () => {
          setCopied(true);
          announcer.say(`Link to ${fileName} copied.`);
        },
        () => undefined,
      );
      setLink(current);
    } catch (error) {
      setProblem(asProblem(error).message);
    }
  };
  return { link, problem, copied, copy };
}

interface CopyLinkProps {
  readonly linkCopy: LinkCopy;
  readonly view: JobView;
  readonly title: string;
}

/** Beside the download. */
export function CopyLinkButton({ linkCopy, view, title }: CopyLinkProps) {
  return (
    <button type="button" class="button button-small" onClick={() => void linkCopy.copy()}>
      <Icon name={linkCopy.copied ? 'check' : 'copy'} />
      {linkCopy.copied ? 'Link copied' : 'Copy link'}
      <span class="only-heard">
        {' '}
        to {view.fileName} as {title}
      </span>
    </button>
  );
}

/** Who may open the link, and until when; and the link itself, for copying by hand. */
export function LinkLine({ linkCopy: { link, problem, copied } }: Pick<CopyLinkProps, 'linkCopy'>) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!copied) field.current?.select();
  }, [copied, link]);
  if (problem !== undefined)
    return (
      <p class="line-bad" role="alert">
        {problem}
      </p>
    );
  if (link === undefined) return null;
  return (
    <p class="line" data-testid="link-line">
      Anyone with this link can listen and download until {day(link.expiresAt)}:{' '}
      <input ref={field} type="text" readOnly value={link.url} aria-label="Link to the result" />
    </p>
  );
}
