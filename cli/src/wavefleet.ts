/** The `wavefleet` command: finds the command that is meant, and says which there are. */
import { type Command, type Terminal, UNUSABLE } from './command.ts';
import { dlq } from './dlq/command.ts';
import { doctor } from './doctor/command.ts';
import { keys } from './keys/command.ts';
import { tokenKeys } from './token-keys/command.ts';

const commands: readonly Command[] = [doctor, dlq, keys, tokenKeys];

/** @returns the exit code. */
export async function wavefleet(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h') {
    terminal.print(help());
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    terminal.complain(
      name === undefined
        ? `wavefleet: name a command\n\n${help()}`
        : `wavefleet: there is no command "${name}"; wavefleet --help lists the commands`,
    );
    return UNUSABLE;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.print(command.help);
    return 0;
  }
  return await command.run(rest, terminal);
}

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: wavefleet COMMAND [OPTION…]',
    '',
    ...lines,
    '',
    'wavefleet COMMAND --help explains a command and its options.',
  ].join('\n');
}
