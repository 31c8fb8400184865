/** Every route about presets of one's own: list, save, change, delete, take in. */
import { join, type Router } from '../http/context.ts';
import { changePreset } from './change-preset.ts';
import { createPreset } from './create-preset.ts';
import { deletePreset } from './delete-preset.ts';
import type { PresetDeps } from './deps.ts';
import { importPresets } from './import-presets.ts';
import { listPresets } from './list-presets.ts';

/** `/api/presets` and what is below it. */
export function presetRoutes(deps: PresetDeps): Router {
  return join([
    createPreset(deps),
    listPresets(deps),
    changePreset(deps),
    deletePreset(deps),
    importPresets(deps),
  ]);
}
