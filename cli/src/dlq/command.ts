/** `wavefleet dlq`: what no worker could take, and how it gets another try. */
import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { type Act, onPlatform } from '../on-platform.ts';
import { settingsHelp, settingsOptions } from '../settings.ts';
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
  run: (args, terminal) =>
    onPlatform('dlq', terminal, () => {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: { ...settingsOptions, drops: { type: 'boolean', default: false } },
        allowPositionals: true,
      });
      return { values, act: actOf(positionals, values.drops) };
    }),
};

/** @throws Error that says what was expected. */
function actOf([action, jobId, ...rest]: readonly string[], ofDrops: boolean): Act {
  if (action === 'list' && jobId === undefined) return ofDrops ? listDrops : listLetters;
  if (action === 'redrive' && jobId === undefined && ofDrops) return redriveDrops;
  if (action === 'redrive' && rest.length === 0 && !ofDrops)
    return (platform, terminal) => redrive(platform, terminal, jobId);
  throw new Error('say list, or redrive with one job or --drops; wavefleet dlq --help says more');
}
