#!/usr/bin/env node
/** `npx wavefleet COMMAND`: the process around the commands. The only file here that reads `process.*`. */
import { wavefleet } from './wavefleet.ts';

process.exitCode = await wavefleet(process.argv.slice(2), {
  env: process.env,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
