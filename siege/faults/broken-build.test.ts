/** A build without fencing, under a fault that only fencing survives: the model catches it. */
import { until } from '@wavefleet/localstack/waiting.ts';
import type { JsonBody } from '@wavefleet/tests/bring-up/proxy/call.ts';
import { atStep } from '@wavefleet/tests/bring-up/proxy/fault.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { broken } from './history/model.ts';
import { Rig } from './rig/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig?.stop());

/** Writes in a claim's right go through whoever holds the job by now. */
function withoutFencing(body: JsonBody): JsonBody {
  const { ConditionExpression: condition, ExpressionAttributeValues: values = {} } = body;
  if (condition === undefined || !(':owner' in values)) return body;
  return { ...body, ConditionExpression: `(${condition}) OR attribute_exists(jobId)` };
}

/** The completing update of the first worker arrives after another one has completed the job. */
async function lateCommit(): Promise<string[]> {
  rig.history.forget();
  const gate = Promise.withResolvers<void>();
  const held = rig.proxy.inject({
    hits: atStep('complete'),
    effect: { kind: 'hold', when: 'before', until: gate.promise },
    times: 1,
  });
  const { jobId } = await rig.load.submitOne();
  const call = await held.nth(1);
  rig.process(call.caller).process.kill('SIGSTOP');
  await rig.history.ended(jobId);
  gate.resolve();
  await rig.proxy.answered(call);
  await rig.heal();
  // Whatever the woken worker makes of the answer, or of a call that took too long: its folder goes last.
  const place = Number(/^worker-(\d+)$/.exec(call.caller)?.[1]);
  await until('the woken worker is done', async () => (await rig.fleet.workFiles(place)).length === 0);
  return broken(rig.history.entries);
}

test('with its conditions the fleet survives it; without them the job ends twice, and that is seen', async () => {
  expect(await lateCommit()).toEqual([]);
  rig.proxy.broken = withoutFencing;
  expect(await lateCommit()).toEqual(
    expect.arrayContaining([expect.stringMatching(/it ended [23] times: completed by .* in attempt/)]),
  );
});
