/** `wavefleet dlq`: what no worker could take, and how it gets another try. */
import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { type Act, onPlatform } from '../on-platform.ts';
import { settingsHelp, settingsOptions } from '../settings.ts';
import { listLetters } from './list.ts';
import { redrive } from './redrive.ts';
import { listOf, type QueueName, redriveOf } from './sent-again.ts';

const help = `Usage: wavefleet dlq list [--drops | --notices] [--local | --settings FILE]
       wavefleet dlq redrive [JOB | --drops | --notices] [--local | --settings FILE]

list     one line a dead letter: its job, the job's status, the message's age, and why it is there
redrive  gives the job of each letter, or JOB alone, another try, and deletes the letter. A job that is not over is
         woken again. One that has failed or was cancelled is run again as a new job, which names the old one
         (retryOf), since what is over never changes; asked twice, it is still one new job. Messages that nobody can
         read stay where they are.
--drops  the same for notifications of dropped files: which files, and why nobody took them in; redrive sends all of
         them to their queue again. What still cannot be taken in comes back.
--notices  the same for what notifiers could not read or handle: ends of jobs, webhooks and e-mails.

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
        options: { ...settingsOptions, ...queues },
        allowPositionals: true,
      });
      return { values, act: actOf(positionals, queueOf(values)) };
    }),
};

const queues = {
  drops: { type: 'boolean', default: false },
  notices: { type: 'boolean', default: false },
} as const;

/** Undefined: that of jobs. @throws Error for both. */
function queueOf({ drops, notices }: Record<QueueName, boolean>): QueueName | undefined {
  if (drops && notices) throw new Error('say --drops or --notices');
  if (drops) return 'drops';
  return notices ? 'notices' : undefined;
}

/** @throws Error that says what was expected. */
function actOf([action, jobId, ...rest]: readonly string[], of: QueueName | undefined): Act {
  if (action === 'list' && jobId === undefined) return of === undefined ? listLetters : listOf(of);
  if (action === 'redrive' && jobId === undefined && of !== undefined) return redriveOf(of);
  if (action === 'redrive' && rest.length === 0 && of === undefined)
    return (platform, terminal) => redrive(platform, terminal, jobId);
  throw new Error('say list, or redrive with one job, --drops or --notices; wavefleet dlq --help says more');
}
