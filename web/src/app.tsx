/** The whole page, as it is drawn. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ConvertPanel } from './convert/panel.tsx';
import { DropAnywhere, DropZone } from './files/drop-zone.tsx';
import { Tray } from './files/tray.tsx';
import { HistoryView } from './history/history-view.tsx';
import { type Services, ServicesContext, useServices } from './services.ts';
import { EraseEverything } from './session/erase-everything.tsx';
import { ErasedView } from './session/erased-view.tsx';
import { PlanLine } from './session/plan-line.tsx';
import { SignInView } from './session/sign-in-view.tsx';
import { Who } from './session/who.tsx';
import { WhoSees } from './session/who-sees.tsx';
import { SettingsView } from './settings/settings-view.tsx';
import { Connection } from './shell/connection.tsx';
import { Header } from './shell/header.tsx';
import { LiveRegion } from './shell/live-region.tsx';
import type { Route } from './shell/route.ts';
import { useStore } from './use-store.ts';

/** Header, the view that the address names, and what is there in every view. */
export function App({ services }: { readonly services: Services }) {
  const route = useStore(services.route);
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    document.title = titles[route];
    // A change of view moves the reading position along, as a new page would.
    if (!isFirst.current) document.querySelector<HTMLElement>('main h1')?.focus();
    isFirst.current = false;
  }, [route]);
  return (
    <ServicesContext.Provider value={services}>
      <Header>
        <Who />
      </Header>
      <main>
        <Connection />
        <View route={route} />
      </main>
      <LiveRegion />
      <DropAnywhere />
    </ServicesContext.Provider>
  );
}

const titles: Readonly<Record<Route, string>> = {
  convert: 'wavefleet',
  history: 'History · wavefleet',
  settings: 'Settings · wavefleet',
  erased: 'Deleted · wavefleet',
  'sign-in': 'Sign in · wavefleet',
  denied: 'Sign in · wavefleet',
};

function View({ route }: { readonly route: Route }) {
  const me = useStore(useServices().session.me);
  if ((route === 'sign-in' || route === 'denied') && me !== undefined)
    return <SignInView auth={me.auth} denied={route === 'denied'} />;
  if (route === 'history') {
    return (
      <>
        <HistoryView />
        <EraseEverything />
      </>
    );
  }
  if (route === 'erased') return <ErasedView />;
  return route === 'settings' ? <SettingsView /> : <ConvertView />;
}

function ConvertView() {
  return (
    <>
      <h1 id="view-heading" class="only-heard" tabIndex={-1}>
        Convert audio
      </h1>
      <DropZone />
      <PlanLine />
      <div class="desk">
        <ConvertPanel />
        <Tray />
      </div>
      <WhoSees />
    </>
  );
}
