/** What went wrong with something that the user has just asked for. */

/** Seen and heard, beside the button that may be pressed again. Nothing while all is well. */
export function Trouble({ of }: { readonly of: string | undefined }) {
  if (of === undefined) return null;
  return (
    <p class="field-problem" role="alert">
      {of}
    </p>
  );
}
