/** `terraform/task-actions.json` against the source: what a service calls and what its role may do must be the same. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type SourceFile, usedActions } from './used-actions.ts';
import { repositoryRoot } from './workspace.ts';

const grantsSchema = z.record(z.string(), z.record(z.string(), z.array(z.string())));

/** What each service may do: service → actions. */
export async function grantedActions(): Promise<Map<string, Set<string>>> {
  const json = await readFile(join(repositoryRoot, 'terraform', 'task-actions.json'), 'utf8');
  const grants = grantsSchema.parse(JSON.parse(json));
  return new Map(
    Object.entries(grants).map(([service, resources]) => [service, new Set(Object.values(resources).flat())]),
  );
}

/** One sentence per difference; none when the list is right. */
export async function compareTaskActions(): Promise<string[]> {
  const sources = (await Promise.all(['platform', 'api', 'worker'].map(sourcesOf))).flat();
  const problems: string[] = [];
  for (const [service, granted] of await grantedActions()) {
    const used = new Set(usedActions(service, sources));
    for (const action of [...used].filter((each) => !granted.has(each)))
      problems.push(`${service} needs ${action}, which task-actions.json does not grant`);
    for (const action of [...granted].filter((each) => !used.has(each)))
      problems.push(`${service} may ${action}, which its code never calls: take it out of task-actions.json`);
  }
  return problems;
}

async function sourcesOf(room: string): Promise<SourceFile[]> {
  const folder = join(repositoryRoot, room, 'src');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  return await Promise.all(
    names.map(async (name) => ({
      path: `${room}/src/${name}`,
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
}
