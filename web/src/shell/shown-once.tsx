/** A secret that was just made: the only time that it can be seen. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useServices } from '../services.ts';

/** The text, a button that copies it, and one that puts it away. */
export function ShownOnce({
  text,
  what,
  testId,
  onPutAway,
  children,
}: {
  readonly text: string;
  /** As buttons call it, such as `key`. */
  readonly what: string;
  readonly testId: string;
  readonly onPutAway: () => void;
  /** What it is, in a sentence. */
  readonly children: ComponentChildren;
}) {
  const { announcer } = useServices();
  const [copied, setCopied] = useState(false);
  const shown = useRef<HTMLElement>(null);
  useEffect(() => setCopied(false), [text]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Over plain HTTP from another machine browsers have no clipboard for pages.
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
      return announcer.say(`The ${what} is selected. Copy it with your keyboard or menu.`);
    }
    setCopied(true);
    announcer.say(`The ${what} is copied.`);
  };
  return (
    <div class="notice key-made" role="status">
      <p>{children}</p>
      <p>
        <code ref={shown} data-testid={testId}>
          {text}
        </code>
      </p>
      <div class="tools">
        <button type="button" class="button button-small" onClick={() => void copy()}>
          {copied ? 'Copied' : `Copy the ${what}`}
        </button>
        <button type="button" class="button button-small" onClick={onPutAway}>
          I have it
        </button>
      </div>
    </div>
  );
}
