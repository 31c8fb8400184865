/** Somebody with a browser, as far as a sign-in needs one: cookies, redirects, and the form of the local provider. */

const MOST_REDIRECTS = 20;

export class Person {
  readonly #base: string;
  /** By origin, as browsers keep them but for ports: the provider's are no business of the service. */
  readonly cookies = new Map<string, Map<string, string>>();

  constructor(base: string) {
    this.#base = base;
  }

  /** A request with the cookies of its origin; redirects are not followed. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, this.#base);
    const jar = this.cookies.get(url.origin) ?? new Map<string, string>();
    this.cookies.set(url.origin, jar);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    if (!headers.has('origin')) headers.set('origin', url.origin);
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  async post(path: string, body?: unknown): Promise<Response> {
    return await this.ask(path, {
      method: 'POST',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }

  /** A cookie of the service. */
  cookie(name: string): string | undefined {
    return this.cookies.get(new URL(this.#base).origin)?.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.get(new URL(this.#base).origin)?.set(name, value);
  }

  /** Goes to the provider and says who it is. Answers the address at which it comes back. */
  async goToProvider(login: string, says: 'yes' | 'no' = 'yes', next = '/'): Promise<string> {
    let address = `/api/auth/sign-in/oidc?next=${encodeURIComponent(next)}`;
    let at = new URL(this.#base);
    for (let hops = 0; hops < MOST_REDIRECTS; hops += 1) {
      const answer = await this.ask(new URL(address, at).href);
      at = new URL(address, at);
      const location = answer.headers.get('location');
      if (location !== null) {
        await answer.body?.cancel();
        address = location;
        const to = new URL(location, at);
        if (to.pathname.startsWith('/api/auth/callback/')) return to.href;
        continue;
      }
      const html = await answer.text();
      const action = /action="([^"]+)"/.exec(html)?.[1];
      if (action === undefined) throw new Error(`${at.href}: ${answer.status} ${html.slice(0, 400)}`);
      if (says === 'no') {
        address = /href="([^"]+\/abort)"/.exec(html)?.[1] ?? `${action}/abort`;
        continue;
      }
      const posted = await this.ask(new URL(action, at).href, {
        method: 'POST',
        body: new URLSearchParams({ login }),
      });
      await posted.body?.cancel();
      address = posted.headers.get('location') ?? '';
    }
    throw new Error('the provider leads nowhere');
  }

  /** Signs in. Answers where it leads. */
  async signIn(login: string, next = '/'): Promise<string> {
    const back = await this.ask(await this.goToProvider(login, 'yes', next));
    const text = await back.text();
    if (back.status !== 302) throw new Error(`${back.status} ${text}`);
    return back.headers.get('location') ?? '';
  }
}
