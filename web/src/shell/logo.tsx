/** A wave of five strokes, drawn in the accent colour. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 36 28" width="36" height="28" aria-hidden="true" focusable="false">
      <path d="M3 12v4M9 8v12M15 3v22M21 9v10M27 6v16M33 12v4" />
    </svg>
  );
}
