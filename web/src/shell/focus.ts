/** Headings that take the focus when what had it is gone, the nearest first. */
const landings = ['files-heading', 'view-heading'];

/** After a button made itself disappear: the keyboard goes on from the nearest heading, once that is drawn. */
export function landFocus(): void {
  setTimeout(() => {
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    landings
      .map((id) => document.getElementById(id))
      .find((heading) => heading !== null)
      ?.focus();
  });
}
