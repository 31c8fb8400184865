/** What the user brings, on its way to the desk; what stays behind is told, and why. */
import { shownName } from '@wavefleet/contracts/names.ts';
import { Store } from '../store.ts';
import { counted } from '../text/amounts.ts';
import type { AddedFile, Desk } from './desk.ts';

/** What the user brings at once. */
export interface Brought {
  readonly files: readonly AddedFile[];
  /** Names of what is there but cannot be opened. */
  readonly unreadable?: readonly string[];
}

interface AdderDeps {
  readonly desk: Pick<Desk, 'add'>;
  /** By its name and type. */
  readonly looksLikeSound: (file: File) => boolean;
  readonly say: (sentence: string) => void;
}

/** Puts files on the desk. */
export class Adder {
  /** Why some of what was brought last is not on the desk. */
  readonly leftOut = new Store<string | undefined>(undefined);
  readonly #deps: AdderDeps;

  constructor(deps: AdderDeps) {
    this.#deps = deps;
  }

  /** A file that was chosen gets a card whatever it is; of a folder only what looks like sound: covers lie there too. */
  add({ files, unreadable = [] }: Brought): void {
    const { desk, looksLikeSound, say } = this.#deps;
    const wanted = files.filter(({ file, inFolder }) => inFolder !== true || looksLikeSound(file));
    this.leftOut.set(whyLess(wanted.length, files.length - wanted.length, unreadable));
    if (wanted.length === 0) return;
    desk.add(wanted);
    say(`${counted(wanted.length, 'file')} added.`);
  }
}

function whyLess(wanted: number, others: number, unreadable: readonly string[]): string | undefined {
  const said: string[] = [];
  const [first, ...more] = unreadable.map(shownName);
  if (first !== undefined) {
    const which = more.length === 0 ? first : `${first} and ${more.length} more`;
    said.push(
      `${which} could not be read. Check that you have permission to open what you add, then add it again.`,
    );
  }
  if (others > 0)
    said.push(
      `${counted(others, 'file')} in the folder ${others === 1 ? 'does' : 'do'} not look like audio or video, and ${others === 1 ? 'was' : 'were'} left out.`,
    );
  if (said.length === 0) return wanted === 0 ? 'There are no files in what you added.' : undefined;
  return said.join(' ');
}
