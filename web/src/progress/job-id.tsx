/** The id under which the server knows a conversion: for the API, the log, and whoever is asked for help. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';
import { Icon } from '../shell/icons.tsx';

/** How long the button says that it has worked. */
const COPIED_MS = 2_000;

interface JobIdProps {
  readonly jobId: string;
  /** What it is the id of, for who hears the page. */
  readonly of: string;
}

/** The id, and a button that copies it. */
export function JobId({ jobId, of }: JobIdProps) {
  const { announcer } = useServices();
  const [copied, setCopied] = useState(false);
  const text = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(jobId);
    } catch {
      // Over plain HTTP from another machine browsers have no clipboard for pages: the user's own copying still works.
      if (text.current !== null) getSelection()?.selectAllChildren(text.current);
      return announcer.say('The id is selected. Copy it with your keyboard or menu.');
    }
    setCopied(true);
    announcer.say(`Id of ${of} copied.`);
  };
  return (
    <p class="job-id">
      Job <code ref={text}>{jobId}</code>
      <button type="button" class="button button-bare" title="Copy the id" onClick={() => void copy()}>
        <Icon name={copied ? 'check' : 'copy'} />
        <span class="only-heard">Copy the id of {of}</span>
      </button>
    </p>
  );
}
