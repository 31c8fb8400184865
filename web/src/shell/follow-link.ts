/** Has the browser go where a link leads, as a click on it would: a download stays a download. */
export function followLink(url: string, target = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.target = target;
  link.rel = 'noopener';
  link.click();
}
