/** Where the page begins. */

import { getCatalogue } from '@wavefleet/client/catalogue.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import { render } from 'preact';
import { z } from 'zod';
import { App } from './app.tsx';
import { assemble } from './assemble.ts';
import { NoStart } from './shell/no-start.tsx';

// Compiled validators need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true });

const root = document.getElementById('app');

async function start(): Promise<void> {
  if (root === null) return;
  try {
    render(<App services={assemble(await getCatalogue())} />, root);
  } catch (error) {
    render(<NoStart message={asProblem(error).message} onRetry={() => void start()} />, root);
  }
}

void start();
