/** `wavefleet doctor`, also `npm run test:aws-connectivity`: which settings are meant, and how it ends. */
import { parseArgs } from 'node:util';
import { type Command, UNUSABLE } from '../command.ts';
import { complainOf, settingsHelp, settingsOf, settingsOptions } from '../settings.ts';
import { checkConnectivity } from './doctor.ts';

const help = `Usage: wavefleet doctor [--local | --settings FILE] [--origin https://…]

Checks every service that the API and the workers use, with the settings they use, and prints one line per check, with
a fix below each problem. It leaves nothing behind and touches no message.

${settingsHelp}
  --origin https://…   checks S3 as a browser on that page would use it

Exit codes: 0 nothing failed, 1 something did, 2 the settings cannot be used.`;

export const doctor: Command = {
  name: 'doctor',
  summary: 'checks every service that the fleet uses, and says how to fix what is wrong',
  help,
  async run(args, terminal) {
    try {
      const options = asked(args);
      const config = await settingsOf(options, terminal.env);
      // npm start serves the page itself, so that its origin is known.
      const origin = options.origin ?? (options.local ? `http://127.0.0.1:${config.PORT}` : undefined);
      return (await checkConnectivity({ config, origin, print: terminal.print })) ? 0 : 1;
    } catch (error) {
      complainOf(error, 'connectivity', terminal);
      return UNUSABLE;
    }
  },
};

function asked(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: { ...settingsOptions, origin: { type: 'string' } },
  });
  const { origin } = values;
  if (origin !== undefined && URL.parse(origin)?.origin !== origin) {
    throw new Error('--origin: expected only scheme, host and port, such as https://audio.example');
  }
  return values;
}
