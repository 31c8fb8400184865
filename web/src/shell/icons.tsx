/** Small line drawings for buttons that carry words as well. All are decoration to a screen reader. */
const paths = {
  upload: 'M12 16V5m0 0-4.5 4.5M12 5l4.5 4.5M5 19h14',
  download: 'M12 5v11m0 0-4.5-4.5M12 16l4.5-4.5M5 19.5h14',
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M8 5.5v13M16 5.5v13',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 8v5.5m0 3v.1M12 3.5 21.5 20h-19z',
} as const;

/** One of the drawings, 18 pixels wide. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
