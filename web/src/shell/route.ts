/** The views, named by the part of the address behind `#`, so that reload and back button work. */
import { Store } from '../store.ts';

/** The views of the page. */
export type Route = 'convert' | 'history' | 'settings' | 'erased' | 'sign-in' | 'denied';

const routes: Readonly<Record<string, Route>> = {
  '#/history': 'history',
  '#/settings': 'settings',
  '#/erased': 'erased',
  '#/sign-in': 'sign-in',
  '#/denied': 'denied',
};
const routeOf = (hash: string): Route => routes[hash] ?? 'convert';

/** The view that the address names, now and from now on. */
export function watchRoute(): Store<Route> {
  const store = new Store(routeOf(location.hash));
  window.addEventListener('hashchange', () => store.set(routeOf(location.hash)));
  return store;
}
