/** Where the page begins. */

import { Client } from '@wavefleet/client/client.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import { render } from 'preact';
import { z } from 'zod';
import { App } from './app.tsx';
import { assemble } from './assemble.ts';
import { NoStart } from './shell/no-start.tsx';

// Compiled validators need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true });

const client = new Client();
const root = document.getElementById('app');

async function start(): Promise<void> {
  if (root === null) return;
  try {
    const catalogue = await client.service.catalogue();
    render(<App services={assemble(client, catalogue)} />, root);
  } catch (error) {
    render(<NoStart message={asProblem(error).message} onRetry={() => void start()} />, root);
  }
}

void start();
