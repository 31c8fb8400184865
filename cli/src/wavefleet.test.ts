/** The command line: commands that are there, and those that are not. */
import { expect, test } from 'vitest';
import { wavefleet } from './wavefleet.ts';

async function typed(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await wavefleet(args, {
    env: {},
    print: (line) => {
      said.out += `${line}\n`;
    },
    complain: (line) => {
      said.err += `${line}\n`;
    },
  });
  return { code, ...said };
}

const usage = `Usage: wavefleet COMMAND [OPTION…]

  doctor      checks every service that the fleet uses, and says how to fix what is wrong
  dlq         lists the messages that nobody could handle (dead letters), and gives them another try
  keys        makes, lists and revokes API keys
  token-keys  makes the keys that sign access tokens, or rotates them

wavefleet COMMAND --help explains a command and its options.
`;

test.each(['--help', '-h'])('%s lists the commands', async (option) => {
  expect(await typed(option)).toEqual({ code: 0, out: usage, err: '' });
});

test('nothing at all is a mistake, and the list comes with it', async () => {
  expect(await typed()).toEqual({ code: 2, out: '', err: `wavefleet: name a command\n\n${usage}` });
});

test.each(['docter', '--docter', ''])('the unknown command "%s" is said to be one', async (name) => {
  const err = `wavefleet: there is no command "${name}"; wavefleet --help lists the commands\n`;
  expect(await typed(name)).toEqual({ code: 2, out: '', err });
});

test('a command says what it takes, whatever else was typed', async () => {
  const { code, out, err } = await typed('doctor', '--nonsense', '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: wavefleet doctor \[--local \| --settings FILE\] \[--origin https:\/\/…\]\n/);
  expect(out).toMatch(/\nExit codes: 0 nothing failed, 1 something did, 2 the settings cannot be used\.\n$/);
});

test('without settings the doctor lists what is missing', async () => {
  const { code, out, err } = await typed('doctor');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('connectivity: The settings are not valid:\n  - S3_BUCKET: is not set\n');
  expect(err).toMatch(/\nSet them as for API and workers, or use --settings FILE .*\n$/);
});

test('token-keys makes a key, and puts a new one in front of those before, which signs later', async () => {
  const keysOf = async (TOKEN_KEYS?: string) => {
    const lines: string[] = [];
    const terminal = {
      env: { TOKEN_KEYS },
      print: (line: string) => lines.push(line),
      complain: expect.fail,
    };
    expect(await wavefleet(['token-keys'], terminal)).toBe(0);
    return lines[0] ?? '';
  };
  const kids = (set: string) => [...set.matchAll(/"kid":"([^"]+)"/g)].map(([, kid]) => kid);
  const first = await keysOf();
  const second = await keysOf(first);
  const third = await keysOf(second);
  expect(kids(first)).toHaveLength(1);
  expect(kids(second)).toEqual([expect.any(String), ...kids(first)]);
  expect(first).not.toContain('signsFrom');
  expect(second.match(/"signsFrom":/g)).toHaveLength(1);
  expect(kids(third)).toEqual([expect.any(String), ...kids(second)]);
});
