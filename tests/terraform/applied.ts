/** What an apply has made, read from terraform's state: the outputs, and the settings that tasks would start with. */
import { z } from 'zod';
import type { Workspace } from './workspace.ts';

const outputsSchema = z.object({
  bucket: z.object({ value: z.string() }),
  queue_urls: z.object({ value: z.record(z.string(), z.string()) }),
});
const stateSchema = z.object({
  values: z.object({
    root_module: z.object({
      child_modules: z.array(
        z.object({
          address: z.string(),
          resources: z.array(z.object({ type: z.string(), values: z.record(z.string(), z.unknown()) })),
        }),
      ),
    }),
  }),
});
const containersSchema = z.tuple([
  z.object({
    environment: z.array(z.object({ name: z.string(), value: z.string() })),
    secrets: z.array(z.unknown()),
  }),
]);

interface TaskSettings {
  readonly environment: Record<string, string>;
}

/** The services, each with a module of its own. */
export type Service = 'api' | 'worker' | 'notifier';

export interface Applied {
  readonly bucket: string;
  readonly eventsQueueUrl: string;
  readonly tasks: Readonly<Record<Service, TaskSettings>>;
}

/** @throws when terraform or its state is not as expected. */
export async function readApplied(workspace: Workspace): Promise<Applied> {
  const outputs = outputsSchema.parse(await jsonOf(workspace, ['output', '-json']));
  const state = stateSchema.parse(await jsonOf(workspace, ['show', '-json']));
  const settingsOf = (service: string): TaskSettings => {
    const module = state.values.root_module.child_modules.find(
      ({ address }) => address === `module.${service}`,
    );
    const task = module?.resources.find(({ type }) => type === 'aws_ecs_task_definition');
    const definitions = z.string().parse(task?.values.container_definitions);
    const [{ environment, secrets }] = containersSchema.parse(JSON.parse(definitions));
    if (secrets.length > 0) throw new Error(`${service} wants secrets that nobody has here`);
    return { environment: Object.fromEntries(environment.map(({ name, value }) => [name, value])) };
  };
  return {
    bucket: outputs.bucket.value,
    eventsQueueUrl: z.string().parse(outputs.queue_urls.value.events),
    tasks: { api: settingsOf('api'), worker: settingsOf('worker'), notifier: settingsOf('notifier') },
  };
}

async function jsonOf(workspace: Workspace, args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await workspace.run(args);
  if (exitCode !== 0) throw new Error(`terraform ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout);
}
