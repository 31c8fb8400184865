/** Writing the presets of one owner where an answer is lost, or others are in between. */
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PresetSettings } from '@wavefleet/contracts/own-presets.ts';
import { expect, test } from 'vitest';
import { OwnPresets } from './own-presets.ts';

const preset = (name: string): PresetSettings => ({ name, format: 'mp3', options: {} });

/** One item, without conditions. @param onPut told of each put; what it throws is what the writer hears of it. */
function presetsOver(onPut: (item: Record<string, unknown>) => void) {
  let item: Record<string, unknown> | undefined;
  const send = async (command: unknown) => {
    if (command instanceof GetCommand) return { Item: item };
    if (!(command instanceof PutCommand)) throw new Error('another command');
    item = { ...command.input.Item };
    onPut(item);
    return {};
  };
  return new OwnPresets({ send } as unknown as DynamoDBDocumentClient, 'accounts');
}

const refused = () => Object.assign(new Error('refused'), { name: 'ConditionalCheckFailedException' });

test('a put that came through, and was refused when the SDK sent it again, is no second preset of that name', async () => {
  let puts = 0;
  const presets = presetsOver(() => {
    puts += 1;
    throw refused();
  });
  expect(await presets.create('ann', preset('a'))).toMatchObject({ name: 'a', label: 'a', format: 'mp3' });
  expect(puts).toBe(1);
});

test('what another has written in between stays, and the name that it took is taken', async () => {
  let others = 0;
  const presets = presetsOver((item) => {
    if (others > 0) return;
    others += 1;
    Object.assign(item, { revision: 'theirs', presets: { b: { ...entry, label: 'theirs' } } });
    throw refused();
  });
  const at = new Date().toISOString();
  const entry = { label: 'b', format: 'mp3', options: {}, createdAt: at, updatedAt: at };
  await presets.create('ann', preset('a'));
  expect((await presets.list('ann')).map(({ label }) => label)).toEqual(['a', 'theirs']);
  await expect(presets.create('ann', preset('b'))).rejects.toMatchObject({ code: 'PRESET_EXISTS' });
});
