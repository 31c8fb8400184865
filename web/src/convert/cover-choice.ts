/** The picture that becomes the cover of results: sent as soon as it is chosen, named by the jobs that want it. */
import { asProblem } from '@wavefleet/client/problem.ts';
import { shownName } from '@wavefleet/contracts/names.ts';
import { MAX_COVER_BYTES } from '@wavefleet/contracts/uploads.ts';
import type { Store } from '../store.ts';
import type { Choice } from './choice.ts';
import type { NewCover } from './new-cover.ts';

/** What it needs of the world. */
interface CoverDeps {
  readonly choice: Store<Choice>;
  readonly send: (picture: Blob) => Promise<{ readonly fileId: string }>;
  /** Takes a picture off the server that no job was asked to use. */
  readonly remove: (fileId: string) => Promise<void>;
  readonly say: (sentence: string) => void;
}

/** Holds the choice's `newCover` to what the user last did. Nothing is thrown: what goes wrong is in there. */
export class CoverChoice {
  readonly #deps: CoverDeps;

  constructor(deps: CoverDeps) {
    this.#deps = deps;
  }

  /** Sends the picture, in place of the one that was chosen before. */
  async choose(picture: File): Promise<void> {
    const name = shownName(picture.name);
    this.drop();
    const sending: NewCover = { phase: 'sending', name };
    this.#put(sending);
    const { settled, fileId } = await this.#sent(picture);
    if (this.#deps.choice.value.shared.newCover === sending) {
      this.#put(settled);
      this.#deps.say(settled.phase === 'ready' ? `${name} will be the cover.` : `${name} was refused.`);
    } else if (fileId !== undefined) this.#forget(fileId);
  }

  /** No picture after all. */
  drop(): void {
    const held = this.#deps.choice.value.shared.newCover;
    if (held?.phase === 'ready') this.#forget(held.fileId);
    this.#put(undefined);
  }

  async #sent(picture: File): Promise<{ settled: NewCover; fileId?: string }> {
    const name = shownName(picture.name);
    const refused = (message: string) => ({ settled: { phase: 'refused', name, message } as const });
    if (picture.size > MAX_COVER_BYTES)
      return refused(`Choose a picture of at most ${MAX_COVER_BYTES / 1024 ** 2} MB.`);
    try {
      const { fileId } = await this.#deps.send(picture);
      return { settled: { phase: 'ready', name, fileId }, fileId };
    } catch (error) {
      return refused(asProblem(error).message);
    }
  }

  /** Where that fails the picture goes when it expires. */
  #forget(fileId: string): void {
    this.#deps.remove(fileId).catch(() => undefined);
  }

  #put(newCover: NewCover | undefined): void {
    this.#deps.choice.update((held) => ({ ...held, shared: { ...held.shared, newCover } }));
  }
}
