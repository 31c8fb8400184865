/** The presets of who looks at the page. Never throws: trouble is a sentence in `problem`. */
import type { PresetCalls, PresetsToImport } from '@wavefleet/client/presets.ts';
import { asProblem } from '@wavefleet/client/problem.ts';
import type { PresetBody, PresetView } from '@wavefleet/contracts/own-presets.ts';
import { attempt, type Busy } from '../attempt.ts';
import { Store } from '../store.ts';
import { presetsInFile } from './preset-file.ts';

/** What an import would replace, and waits for a word on. */
interface Clash {
  readonly names: readonly string[];
  readonly presets: PresetsToImport;
}

/** What is shown of them. */
export interface PresetsShown extends Busy {
  /** By name. Undefined until the first answer. */
  readonly presets?: readonly PresetView[];
  readonly clash?: Clash;
}

type Calls = Pick<PresetCalls, 'list' | 'create' | 'change' | 'remove' | 'import'>;

export class SavedPresets {
  readonly state = new Store<PresetsShown>({ busy: false });
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  async refresh(): Promise<boolean> {
    return await attempt(this.state, async () => ({
      presets: await this.#calls.list().catch((error: unknown) => {
        // A server of before has none to save.
        if (asProblem(error).code === 'NOT_FOUND') return [];
        throw error;
      }),
    }));
  }

  /** Under a name that is there already, the preset becomes this one. */
  async save(preset: PresetBody): Promise<boolean> {
    return await attempt(this.state, async () => {
      const isThere = this.state.value.presets?.some(({ name }) => name === preset.name) === true;
      const saved = isThere
        ? await this.#calls.change(preset.name, preset)
        : await this.#calls.create(preset);
      return { presets: this.#with(saved, preset.name) };
    });
  }

  async rename(preset: PresetView, { name, label }: Pick<PresetView, 'name' | 'label'>): Promise<boolean> {
    return await attempt(this.state, async () => {
      const renamed = await this.#calls.change(preset.name, { ...preset, name, label });
      return { presets: this.#with(renamed, preset.name) };
    });
  }

  async remove(name: string): Promise<boolean> {
    return await attempt(this.state, async () => {
      await this.#calls.remove(name);
      return { presets: (this.state.value.presets ?? []).filter((each) => each.name !== name) };
    });
  }

  /** Takes in what a file says. What it would replace is asked about first. */
  async import(file: Pick<Blob, 'size' | 'text'>): Promise<boolean> {
    this.leave();
    return await attempt(this.state, async () => {
      const presets = await presetsInFile(file);
      try {
        return { presets: await this.#calls.import(presets) };
      } catch (error) {
        const names = this.#clashOf(error);
        if (names.length === 0) throw error;
        this.state.update((state) => ({ ...state, clash: { names, presets } }));
        return {};
      }
    });
  }

  /** What is there goes, and what the file says takes its place. */
  async replace(): Promise<boolean> {
    const { clash } = this.state.value;
    if (clash === undefined) return false;
    this.leave();
    return await attempt(this.state, async () => ({
      presets: await this.#calls.import(clash.presets, { replace: true }),
    }));
  }

  /** Nothing of the file is taken in. */
  leave(): void {
    const { clash: _left, ...rest } = this.state.value;
    this.state.set(rest);
  }

  /** Those of one's own that a file says otherwise; none when something else is wrong, such as a built-in name. */
  #clashOf(error: unknown): string[] {
    const { code, detail } = asProblem(error);
    const names = code === 'PRESET_EXISTS' && Array.isArray(detail.names) ? detail.names.map(String) : [];
    const own = new Set(this.state.value.presets?.map(({ name }) => name));
    return names.every((name) => own.has(name)) ? names : [];
  }

  #with(preset: PresetView, inPlaceOf: string): PresetView[] {
    const others = (this.state.value.presets ?? []).filter(({ name }) => name !== inPlaceOf);
    return [...others, preset].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
