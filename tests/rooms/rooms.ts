/** The rooms and their direction: `contracts ← platform ← {api, audio ← worker} ← localstack ← {tests ← siege, bench}`. */

export interface Room {
  readonly name: string;
  /** Completes "NAME is …", for whoever put a line into the wrong room. */
  readonly is: string;
  /** The rooms that it may import besides itself. */
  readonly may: readonly string[];
}

/** From the bottom up: what two rooms have to do with each other belongs to the first that may import both. */
export const rooms: readonly Room[] = [
  { name: 'contracts', is: 'what all sides agree on', may: [] },
  { name: 'client', is: 'the HTTP interface as a caller sees it', may: ['contracts'] },
  { name: 'platform', is: 'how api and worker reach the world', may: ['contracts'] },
  { name: 'api', is: 'from the HTTP request to the job record', may: ['contracts', 'platform'] },
  { name: 'audio', is: 'from one file to another, by FFmpeg', may: ['contracts', 'platform'] },
  { name: 'worker', is: 'from the message to the result', may: ['contracts', 'platform', 'audio'] },
  { name: 'web', is: 'the page, which knows the server by its client alone', may: ['contracts', 'client'] },
  { name: 'cli', is: 'the wavefleet command', may: ['contracts', 'client', 'platform'] },
  {
    name: 'localstack',
    is: 'the fleet on one machine',
    may: ['contracts', 'client', 'platform', 'audio', 'api', 'worker'],
  },
  {
    name: 'tests',
    is: 'what holds all rooms to their word',
    may: ['contracts', 'client', 'platform', 'audio', 'api', 'worker', 'cli', 'localstack'],
  },
  {
    name: 'siege',
    is: 'what breaks and attacks a whole fleet, to see what becomes of it',
    may: ['contracts', 'client', 'platform', 'audio', 'localstack', 'tests'],
  },
  {
    name: 'bench',
    is: 'what measures',
    may: ['contracts', 'client', 'platform', 'audio', 'api', 'worker', 'localstack'],
  },
];

/** The room of a path. */
export const roomOf = (path: string): string => path.split('/')[0] ?? '';
