/** Asking S3 what a browser asks before it sends or fetches something from another origin: a CORS preflight. */

/** What is wrong, and what to do about it. */
export interface Refused {
  readonly problem: string;
  readonly fix: string;
}

/**
 * @param url presigned: asked without credentials, as a browser does.
 * @param origin of the page: scheme, host and port.
 * @returns what is wrong, or undefined when a page of that origin may.
 * @throws what `fetch` throws when nobody answers: whether browsers reach the address is another matter.
 */
export async function preflight(
  url: string,
  method: 'GET' | 'PUT',
  origin: string,
  signal: AbortSignal,
): Promise<Refused | undefined> {
  const answer = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method },
    redirect: 'manual',
    signal,
  });
  await answer.body?.cancel();
  const allowed = answer.headers.get('access-control-allow-origin');
  const methods = (answer.headers.get('access-control-allow-methods') ?? '').split(/\s*,\s*/);
  if (answer.ok && (allowed === '*' || allowed === origin) && methods.includes(method)) return undefined;
  return {
    problem: `S3 refuses ${method} from ${origin} (preflight answered ${answer.status})`,
    fix: `Add ${origin} to the bucket's CORS rule, with GET, HEAD and PUT allowed and ETag exposed. An origin is scheme, host and port, without a path.`,
  };
}
