/**
 * Presets that callers make for themselves: all of one owner in one item, so that a list is never behind, limits hold to
 * the number, and a new name or an import is one step.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Failure } from '@wavefleet/contracts/failure.ts';
import type { PresetSettings, PresetView } from '@wavefleet/contracts/own-presets.ts';
import { findPreset, type Preset } from '@wavefleet/contracts/presets.ts';
import { z } from 'zod';
import { unlessRefused } from '../aws/errors.ts';
import {
  type PresetBook,
  presetOf,
  viewOf,
  viewsOf,
  withAdopted,
  withChanged,
  withImported,
  withNew,
  without,
} from './preset-book.ts';

/** A browser's cookie lives for a year from each visit. */
const BROWSER_KEPT_SECONDS = 400 * 86_400;
/** That a browser has looked is noted so often. */
const NOTE_AFTER_SECONDS = 30 * 86_400;
/** Each try that fails is one that another writer has won: so many may write in one moment. */
const MAX_TRIES = 25;
/** The longest pause after the first of them; longer by as much each time. */
const PAUSE_MS = 20;

const itemSchema = z.object({
  createdAt: z.string(),
  /** A random one after each change. */
  revision: z.string(),
  presets: z.record(z.string(), z.unknown()),
  ttl: z.int().optional(),
});
type Item = z.infer<typeof itemSchema>;

/** Items `presets:{ownerId}` of the accounts table. */
export class OwnPresets {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(dynamo: DynamoDBDocumentClient, table: string) {
    this.#dynamo = dynamo;
    this.#table = table;
  }

  /**
   * The preset that somebody means by a name: their own, or the built-in one. The own one first, so that a name that a
   * later version gives to a preset of its own goes on meaning what its owner made of it.
   * @throws Failure SERVICE_UNAVAILABLE for one that a later version has made. SDK errors.
   */
  async find(ownerId: string, name: string): Promise<{ preset: Preset; isOwn: boolean } | undefined> {
    const own = presetOf((await this.#read(ownerId))?.presets ?? {}, name);
    const preset = own ?? findPreset(name);
    return preset && { preset, isOwn: own !== undefined };
  }

  /** Those of an owner, by name. @throws SDK errors. */
  async list(ownerId: string, now = Date.now()): Promise<PresetView[]> {
    const item = await this.#read(ownerId);
    if (item?.ttl !== undefined && item.ttl < ttlFrom(now) - NOTE_AFTER_SECONDS)
      await this.#keep(ownerId, now);
    return viewsOf(item?.presets ?? {});
  }

  /** @throws Failure PRESET_NOT_FOUND; SERVICE_UNAVAILABLE for one that a later version has made. SDK errors. */
  async get(ownerId: string, name: string): Promise<PresetView> {
    const preset = presetOf((await this.#read(ownerId))?.presets ?? {}, name);
    if (preset === undefined) throw new Failure('PRESET_NOT_FOUND');
    return viewOf(name, preset);
  }

  /** @throws Failure PRESET_EXISTS, PRESETS_LIMIT. SDK errors. */
  async create(ownerId: string, asked: PresetSettings): Promise<PresetView> {
    const book = await this.#change(ownerId, (before, at) => withNew(before, asked, at));
    return seen(book, asked.name);
  }

  /** @throws Failure PRESET_NOT_FOUND, PRESET_EXISTS, PRESETS_LIMIT. SDK errors. */
  async change(ownerId: string, name: string, asked: PresetSettings): Promise<PresetView> {
    const book = await this.#change(ownerId, (before, at) => withChanged(before, name, asked, at));
    return seen(book, asked.name);
  }

  /** @throws Failure PRESET_NOT_FOUND. SDK errors. */
  async remove(ownerId: string, name: string): Promise<void> {
    await this.#change(ownerId, (before) => without(before, name));
  }

  /** All of them or none; answers what there is then. @throws Failure PRESET_EXISTS, PRESETS_LIMIT. SDK errors. */
  async import(
    ownerId: string,
    all: readonly PresetSettings[],
    { replace }: { readonly replace: boolean },
  ): Promise<PresetView[]> {
    const book = await this.#change(ownerId, (before, at) => withImported(before, all, { replace, at }));
    return viewsOf(book);
  }

  /**
   * Makes those of `from` those of `to`. May break off and be repeated. What there is no room for stays.
   * @returns how many were moved. @throws SDK errors.
   */
  async move(from: string, to: string): Promise<number> {
    const { presets = {} } = (await this.#read(from)) ?? {};
    if (Object.keys(presets).length === 0) return 0;
    let left: PresetBook = presets;
    await this.#change(to, (before) => {
      const adopted = withAdopted(before, presets);
      left = adopted.left;
      return adopted.book;
    });
    const moved = Object.keys(presets).filter((name) => !Object.hasOwn(left, name));
    await this.#change(from, (now) =>
      // What was changed meanwhile is looked at again.
      Object.fromEntries(
        Object.entries(now).filter(
          ([name, entry]) => !moved.includes(name) || !isDeepStrictEqual(entry, presets[name]),
        ),
      ),
    );
    return moved.length;
  }

  /** Reads, changes and writes until nobody was in between. @throws whatever `change` throws. SDK errors. */
  async #change(ownerId: string, change: (book: PresetBook, at: string) => PresetBook): Promise<PresetBook> {
    const revisions: string[] = [];
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const item = await this.#read(ownerId);
      // Our own put, whose answer was lost and which the SDK tried again.
      if (item !== undefined && revisions.includes(item.revision)) return item.presets;
      const at = new Date().toISOString();
      const presets = change(item?.presets ?? {}, at);
      const revision = randomUUID();
      revisions.push(revision);
      if (await this.#write(ownerId, item, { createdAt: item?.createdAt ?? at, revision, presets }))
        return presets;
      await sleep(Math.random() * tries * PAUSE_MS);
    }
    throw new Failure('SERVICE_UNAVAILABLE', { cause: new Error('the presets are being changed by others') });
  }

  async #read(ownerId: string): Promise<Item | undefined> {
    const { Item } = await this.#dynamo.send(
      new GetCommand({ TableName: this.#table, Key: { id: idOf(ownerId) }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : itemSchema.parse(Item);
  }

  /** Answers false when it is no longer what was read. */
  async #write(ownerId: string, read: Item | undefined, item: Item): Promise<boolean> {
    const condition =
      read === undefined
        ? { ConditionExpression: 'attribute_not_exists(id)' }
        : {
            ConditionExpression: 'revision = :read',
            ExpressionAttributeValues: { ':read': read.revision },
          };
    const ttl = ownerId.startsWith('browser:') ? ttlFrom(Date.now()) : undefined;
    const Item = { id: idOf(ownerId), ownerId, ...item, ttl };
    return (
      (await unlessRefused(
        this.#dynamo.send(new PutCommand({ TableName: this.#table, Item, ...condition })),
      )) !== undefined
    );
  }

  /** They are looked at, and so are kept on. */
  async #keep(ownerId: string, now: number): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: { id: idOf(ownerId) },
      UpdateExpression: 'SET #ttl = :ttl',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':ttl': ttlFrom(now) },
    });
    await unlessRefused(this.#dynamo.send(command));
  }
}

const idOf = (ownerId: string): string => `presets:${ownerId}`;
const ttlFrom = (now: number): number => Math.ceil(now / 1000) + BROWSER_KEPT_SECONDS;

function seen(book: PresetBook, name: string): PresetView {
  const preset = presetOf(book, name);
  if (preset === undefined) throw new Error(`the preset ${name} was just stored`);
  return viewOf(name, preset);
}
