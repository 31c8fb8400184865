/** Every class of hostile files, in the order of the table. */
import { containers } from './containers.ts';
import { damage } from './damage.ts';
import type { FileClass } from './file-class.ts';
import { limits } from './limits.ts';
import { machineClasses } from './machine.ts';
import { notMedia } from './not-media.ts';
import { playlistClasses } from './playlists.ts';
import { tagClasses } from './tags.ts';

const numberOf = ({ id }: FileClass): number => Number(id.slice(1));

export const fileClasses: readonly FileClass[] = [
  ...notMedia,
  ...containers,
  ...playlistClasses,
  ...tagClasses,
  ...damage,
  ...limits,
  ...machineClasses,
].toSorted((a, b) => numberOf(a) - numberOf(b));
