/** Presets of the caller's own, over HTTP. Those that are built in come with `client.service.catalogue()`. */
import {
  type ImportBody,
  type PresetBody,
  type PresetList,
  type PresetView,
  presetListSchema,
  presetViewSchema,
} from '@wavefleet/contracts/own-presets.ts';
import { type CallOptions, path, type Requests } from './requests.ts';

/** What an import takes: a list of this or of another server, or one that somebody has written. */
export type PresetsToImport = readonly (PresetView | PresetBody)[];

/** `client.presets`. */
export class PresetCalls {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** All of them, by name; {@link import} takes what it answers. */
  async list(options?: CallOptions): Promise<PresetView[]> {
    return (await this.#requests.json(presetListSchema, '/api/presets', options)).presets;
  }

  /** @throws Problem PRESET_NOT_FOUND. */
  get(name: string, options?: CallOptions): Promise<PresetView> {
    return this.#requests.json(presetViewSchema, path`/api/presets/${name}`, options);
  }

  /** @throws Problem PRESET_EXISTS, PRESETS_LIMIT, and as a submission for settings that are impossible. */
  create(preset: PresetBody, options?: CallOptions): Promise<PresetView> {
    const ask = { ...options, method: 'POST', json: preset } as const;
    return this.#requests.json(presetViewSchema, '/api/presets', ask);
  }

  /**
   * What is left out takes its default.
   * @param preset with another `name`, that is its name from then on. Its settings may be what a view said: a newer
   *   server has more formats and options.
   * @throws Problem PRESET_NOT_FOUND, and as {@link create}.
   */
  change(name: string, preset: PresetView | PresetBody, options?: CallOptions): Promise<PresetView> {
    const ask = { ...options, method: 'PUT', json: bodyOf(preset) } as const;
    return this.#requests.json(presetViewSchema, path`/api/presets/${name}`, ask);
  }

  /** @throws Problem PRESET_NOT_FOUND. */
  remove(name: string, options?: CallOptions): Promise<void> {
    return this.#requests.done(path`/api/presets/${name}`, { ...options, method: 'DELETE' });
  }

  /**
   * Takes all of them in, or none.
   * @param options.replace whether presets of such a name that are set otherwise go. Default: PRESET_EXISTS.
   * @returns all presets of the caller, as they are then. @throws Problem as {@link create}.
   */
  async import(
    presets: PresetsToImport,
    { replace, ...options }: CallOptions & Pick<ImportBody, 'replace'> = {},
  ): Promise<PresetList['presets']> {
    const ask = { ...options, method: 'POST', json: { presets, replace } } as const;
    return (await this.#requests.json(presetListSchema, '/api/presets/import', ask)).presets;
  }
}

/** Without when it was made and changed, which the server knows. */
function bodyOf({ name, label, format, quality, options }: PresetView | PresetBody) {
  return { name, label, format, quality, options };
}
