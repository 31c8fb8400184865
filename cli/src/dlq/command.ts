/** `wavefleet dlq`: what no worker could take, and how it gets another try. */
import { parseArgs } from 'node:util';
import { makeLog } from '@wavefleet/platform/log/log.ts';
import { makePlatform, type Platform } from '@wavefleet/platform/platform.ts';
import { type Command, type Terminal, UNUSABLE } from '../command.ts';
import { complainOf, settingsHelp, settingsOf, settingsOptions } from '../settings.ts';
import { listDrops, redriveDrops } from './drops.ts';
import { listLetters } from './list.ts';
import { redrive } from './redrive.ts';

const help = `Usage: wavefleet dlq list [--drops] [--local | --settings FILE]
       wavefleet dlq redrive [JOB | --drops] [--local | --settings FILE]

list     one line a dead letter: its job, the job's status, the message's age, and why it is there
redrive  gives the job of each letter, or JOB alone, another try, and deletes the letter. A job that is not over is
         woken again. One that has failed or was cancelled is run again as a new job, which names the old one
         (retryOf), since what is over never changes; asked twice, it is still one new job. Messages that nobody can
         read stay where they are.
--drops  the same for notifications of dropped files: which files, and why nobody took them in; redrive sends all of
         them to their queue again. What still cannot be taken in comes back.

${settingsHelp}

Exit codes: 0 all was done, 1 something was not, 2 the settings cannot be used.`;

export const dlq: Command = {
  name: 'dlq',
  summary: 'lists what no worker could take, and gives it another try',
  help,
  async run(args, terminal) {
    let platform: Platform | undefined;
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: { ...settingsOptions, drops: { type: 'boolean', default: false } },
        allowPositionals: true,
      });
      const act = actionOf(positionals, values.drops);
      const config = await settingsOf(values, terminal.env);
      platform = makePlatform({ ...config, REDIS_URL: undefined }, makeLog('cli', 'silent'));
      return (await act(platform, terminal)) ? 0 : 1;
    } catch (error) {
      complainOf(error, 'dlq', terminal);
      return UNUSABLE;
    } finally {
      platform?.close();
    }
  },
};

type Act = (platform: Platform, terminal: Terminal) => Promise<boolean>;

function actionOf([action, jobId, ...rest]: readonly string[], ofDrops: boolean): Act {
  if (action === 'list' && jobId === undefined) return ofDrops ? listDrops : listLetters;
  if (action === 'redrive' && jobId === undefined && ofDrops) return redriveDrops;
  if (action === 'redrive' && rest.length === 0 && !ofDrops)
    return (platform, terminal) => redrive(platform, terminal, jobId);
  throw new Error('say list, or redrive with one job or --drops; wavefleet dlq --help says more');
}
