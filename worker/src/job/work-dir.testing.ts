/** A process that makes a folder in the WORK_DIR given as its argument, says so, and lives until it is killed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkDir } from './work-dir.ts';

const [, , root = '', jobId = ''] = process.argv;
const folder = await (await WorkDir.open(root)).makeFolder(jobId, 1);
await writeFile(join(folder, 'in'), 'the source');
process.send?.(folder);
setInterval(() => {}, 60_000);
