/** `wavefleet dlq`: lists the dead letters, and gives them another try. */
import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { type Act, onPlatform } from '../on-platform.ts';
import { settingsHelp, settingsOptions } from '../settings.ts';
import { listLetters } from './list.ts';
import { redrive } from './redrive.ts';
import { listOf, type QueueName, redriveOf } from './sent-again.ts';

const help = `Usage: wavefleet dlq list [--drops | --notices] [--local | --settings FILE]
       wavefleet dlq redrive [JOB | --drops | --notices] [--local | --settings FILE]

list     prints one line per dead letter: its job, the job's status, the message's age and the reason it is there
redrive  gives the job of each letter, or only JOB, another try, and deletes the letter. A job that is not over is put
         back on the queue. One that has failed or was cancelled is run again as a new job that names the old one
         (retryOf), because a finished job never changes; asking twice still makes one new job. Unreadable messages
         stay where they are.
--drops  does the same for notifications of dropped files: list shows which files, and why they were not taken in;
         redrive sends all of them to their queue again. What still cannot be taken in comes back.
--notices  does the same for what notifiers could not read or handle: ends of jobs, webhooks and e-mails.

${settingsHelp}

Exit codes: 0 everything was done, 1 something was not, 2 the settings cannot be used.`;

export const dlq: Command = {
  name: 'dlq',
  summary: 'lists the messages that nobody could handle (dead letters), and gives them another try',
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
  if (drops && notices) throw new Error('--drops and --notices exclude each other');
  if (drops) return 'drops';
  return notices ? 'notices' : undefined;
}

/** @throws Error that says what was expected. */
function actOf([action, jobId, ...rest]: readonly string[], of: QueueName | undefined): Act {
  if (action === 'list' && jobId === undefined) return of === undefined ? listLetters : listOf(of);
  if (action === 'redrive' && jobId === undefined && of !== undefined) return redriveOf(of);
  if (action === 'redrive' && rest.length === 0 && of === undefined)
    return (platform, terminal) => redrive(platform, terminal, jobId);
  throw new Error('expected list, or redrive with one job, --drops or --notices; see wavefleet dlq --help');
}
