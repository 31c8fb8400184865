/** The top of the page: its name and its views. */
import type { ComponentChildren } from 'preact';
import { useServices } from '../services.ts';
import { useStore } from '../use-store.ts';
import { Logo } from './logo.tsx';
import type { Route } from './route.ts';

const views: readonly { route: Route; href: string; label: string }[] = [
  { route: 'convert', href: '#/', label: 'Convert' },
  { route: 'history', href: '#/history', label: 'History' },
  { route: 'settings', href: '#/settings', label: 'Settings' },
];

/** The way to the start and to each view. */
/** @param children what stands beside the views. */
export function Header({ children }: { readonly children?: ComponentChildren }) {
  const current = useStore(useServices().route);
  return (
    <header class="header">
      <a class="brand" href="#/" aria-label="wavefleet, start page">
        <Logo />
        <span>wavefleet</span>
      </a>
      <nav aria-label="Views">
        {views.map(({ route, href, label }) => (
          <a key={route} href={href} aria-current={route === current ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {children}
    </header>
  );
}
