/** A second plan right after an apply: what would change again, apart from what the emulator does not keep. */
import { z } from 'zod';
import type { Workspace } from './workspace.ts';

/** Seen with MiniStack: accepted, and answered back without some of it. On AWS none of it would differ. */
const NOT_KEPT: readonly { readonly address: RegExp; readonly what: string }[] = [
  { address: /^aws_cloudwatch_metric_alarm\./, what: 'dimensions and actions of alarms' },
  { address: /^aws_vpc_endpoint\./, what: 'policies, groups and private names of endpoints' },
  { address: /^aws_vpc_security_group_egress_rule\.gateway\[/, what: 'prefix lists of security group rules' },
  { address: /^aws_elasticache_user\./, what: 'how users of Redis sign in' },
  { address: /^module\.(api|worker|notifier)\.aws_ecs_service\./, what: 'zone rebalancing of services' },
];

const lineSchema = z.object({
  type: z.string(),
  change: z.object({ action: z.string(), resource: z.object({ addr: z.string() }) }).optional(),
  diagnostic: z.object({ severity: z.string(), summary: z.string(), detail: z.string() }).optional(),
});

export interface Drift {
  /** How many resources the emulator was asked about again. */
  readonly asked: number;
  /** Kinds of things that the emulator did not keep, in words. */
  readonly notKept: readonly string[];
  /** What our configuration itself would change again: must be empty. */
  readonly real: readonly string[];
}

/** Plans again. @throws Error when that asked about nothing, and so proved nothing. */
export async function findDrift(workspace: Workspace, args: readonly string[]): Promise<Drift> {
  const differing: string[] = [];
  let asked = 0;
  await workspace.run(['plan', '-json', '-input=false', ...args], (json) => {
    const { type, change, diagnostic } = lineSchema.parse(JSON.parse(json));
    if (type === 'refresh_complete') asked += 1;
    if (type === 'planned_change' && change !== undefined && change.action !== 'noop') {
      differing.push(`${change.resource.addr} (${change.action})`);
    }
    if (diagnostic?.severity === 'error') {
      // The provider itself stumbles over a rule that came back without its target, and names it in the detail.
      const detail = diagnostic.detail.replaceAll('\n', ' ');
      const address = / on (\S+\.\S+(?:\["[^"]*"\])?) for/.exec(detail)?.[1];
      differing.push(address ?? `${diagnostic.summary}: ${detail}`);
    }
  });
  if (asked === 0) throw new Error(`the second plan asked about nothing: ${differing.join(', ')}`);
  const known = (line: string) => NOT_KEPT.find(({ address }) => address.test(line));
  return {
    asked,
    notKept: [...new Set(differing.flatMap((line) => known(line)?.what ?? []))],
    real: differing.filter((line) => known(line) === undefined),
  };
}
