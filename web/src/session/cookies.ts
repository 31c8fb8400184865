/** Whether this browser keeps cookies for the page. */

const PROBE = 'wavefleet-probe';

/** By trying: `navigator.cookieEnabled` says yes in browsers whose user blocks them for all sites. */
export function keepsCookies(): boolean {
  set(`${PROBE}=1; SameSite=Lax`);
  const isKept = document.cookie.includes(PROBE);
  set(`${PROBE}=; SameSite=Lax; Max-Age=0`);
  return isKept;
}

function set(cookie: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: pages over plain HTTP have no Cookie Store
  document.cookie = cookie;
}
