/**
 * Which IAM actions the code of a service needs, read from the source itself, so that a new AWS call without its
 * permission fails a test instead of a deployment. Follows references as our formatted code writes them: methods
 * of the platform's stores by the names under which `Platform` holds them, platform functions by their imports.
 */
import { iamActionsOf } from '@wavefleet/platform/aws/iam-actions.ts';

/** A source file: path from the repository's root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What stands for calls that libraries make. */
const LIBRARY_CALLS: readonly { readonly pattern: RegExp; readonly actions: readonly string[] }[] = [
  // lib-storage: one PutObject, or parts, which it aborts when the stream breaks.
  { pattern: /\bnew Upload\(/, actions: ['s3:PutObject', 's3:AbortMultipartUpload'] },
  // Connecting to ElastiCache as an IAM user.
  { pattern: /\bopenRedis\(/, actions: ['elasticache:Connect'] },
  // sqs-consumer.
  { pattern: /\bConsumer\.create\(/, actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'] },
  { pattern: /\bterminateVisibilityTimeout:/, actions: ['sqs:ChangeMessageVisibility'] },
  // The ECS agent calls with the task's role (AWS: "Amazon ECS task scale-in protection endpoint").
  { pattern: /task-protection\/v1\/state/, actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'] },
];

/** A top-level declaration or a method, with its text. */
interface Piece {
  readonly owner: string | undefined;
  readonly name: string;
  readonly text: string;
}

/**
 * The actions, sorted.
 * @param service `api`, `worker` or `notifier`: whose code is looked at, with what it uses of the platform.
 * @throws Error for an SDK command without a known action.
 */
export function usedActions(service: string, sources: readonly SourceFile[]): string[] {
  const code = sources.filter(({ path }) => path.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(path));
  const platform = code.filter(({ path }) => path.startsWith('platform/'));
  const stores = storeClasses(platform);
  const pieces = new Map<string, Piece>();
  for (const piece of platform.flatMap(({ text }) => piecesOf(text))) pieces.set(idOf(piece), piece);
  const bases = baseClasses(platform);

  const roots = code.filter(({ path }) => serviceOf(path) === service);
  const actions = new Set(roots.flatMap(({ text }) => actionsIn(text)));
  const open = roots.flatMap(({ text }) => [...storeCalls(text, stores), ...platformImports(text)]);
  const seen = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const piece = pieces.get(id);
    if (piece === undefined) {
      const [owner = '', name = ''] = id.split('.');
      const base = bases.get(owner);
      if (base !== undefined) open.push(`${base}.${name}`);
      continue;
    }
    for (const action of actionsIn(piece.text)) actions.add(action);
    open.push(...storeCalls(piece.text, stores), ...ownCalls(piece), ...plainCalls(piece.text));
  }
  return [...actions].sort();
}

/** The room, but for what the worker's program does in its other role. */
function serviceOf(path: string): string {
  return path.startsWith('worker/src/notifier/') ? 'notifier' : (path.split('/')[0] ?? '');
}

/** What IAM calls an SDK command, e.g. `GetCommand`. @throws Error when nobody has looked it up yet. */
export function actionsOf(command: string): readonly string[] {
  const actions = iamActionsOf(command);
  if (actions === undefined) throw new Error(`iam-actions.ts knows no IAM action for ${command}: add it`);
  return actions;
}

/** Every action that text asks for by itself. */
function actionsIn(text: string): string[] {
  const commands = [...text.matchAll(/\bnew (\w+Command)\(/g)].flatMap(([, command = '']) =>
    actionsOf(command),
  );
  const calls = LIBRARY_CALLS.flatMap(({ pattern, actions }) => (pattern.test(text) ? actions : []));
  return [...commands, ...calls];
}

/** The names under which `Platform` holds its stores, and their classes: `objects` → `ObjectStore`. */
function storeClasses(platform: readonly SourceFile[]): Map<string, string> {
  const text = platform.find(({ path }) => path.endsWith('/platform.ts'))?.text ?? '';
  const names = [...text.matchAll(/^ {2}readonly (\w+): ([A-Z]\w+);$/gm)];
  return new Map(names.map(([, name = '', type = '']) => [name, type]));
}

/** `class WebhookDeliveries extends NoticeRecords<…>`: what a class has not got, its base has. */
function baseClasses(platform: readonly SourceFile[]): Map<string, string> {
  const found = platform.flatMap(({ text }) => [...text.matchAll(/\bclass (\w+)[^{\n]* extends (\w+)/g)]);
  return new Map(found.map(([, name = '', base = '']) => [name, base]));
}

/** `objects.list(`, `platform.jobs.get(`, `this.#jobs.get(`, and the same over a line break. */
function storeCalls(text: string, stores: ReadonlyMap<string, string>): string[] {
  return [...text.matchAll(/\b(\w+)\s*\.(\w+)\(/g)].flatMap(([, receiver = '', method = '']) => {
    const type = stores.get(receiver);
    return type === undefined ? [] : [`${type}.${method}`];
  });
}

/** Everything imported from the platform by name: functions among it are called sooner or later. */
function platformImports(text: string): string[] {
  const imports = text.matchAll(/import \{([^}]*)\} from '@wavefleet\/platform\//g);
  return [...imports].flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
}

/** `this.get(` and `this.#update(` of the piece's own class. */
function ownCalls({ owner, text }: Piece): string[] {
  return [...text.matchAll(/\bthis\.(#?\w+)\(/g)].map(([, method = '']) => `${owner}.${method}`);
}

function plainCalls(text: string): string[] {
  return [...text.matchAll(/(?<![.\w#])(\w+)\(/g)].map(([, name = '']) => name);
}

const idOf = ({ owner, name }: Piece) => (owner === undefined ? name : `${owner}.${name}`);

/** Splits a formatted file at its declarations, and its classes at their methods. */
function piecesOf(text: string): Piece[] {
  const declarations = text.split(/^(?=(?:export )?(?:async )?(?:class|function|const) \w)/m);
  return declarations.flatMap((declaration): Piece[] => {
    const [, kind, name] = /^(?:export )?(?:async )?(class|function|const) (\w+)/.exec(declaration) ?? [];
    if (name === undefined) return [];
    if (kind !== 'class') return [{ owner: undefined, name, text: declaration }];
    const methods = declaration.split(/^(?= {2}(?:protected )?(?:async )?\*?#?\w+\()/m).slice(1);
    return methods.map((method) => ({
      owner: name,
      name: /^ {2}(?:protected )?(?:async )?\*?(#?\w+)\(/.exec(method)?.[1] ?? '',
      text: method,
    }));
  });
}
