/** Files without sound in them that are not refused by how they start: only a worker finds out. */

/** The beginning of a WAV, and no more. */
export const cutOffWav = Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1');

/** FFmpeg recognises nothing in it. */
export const zeros = Buffer.alloc(10_000);
