/** Plans: how much the owners of one kind may have, in place of what the settings say for everybody. */
import { ANONYMOUS_OWNER } from '@wavefleet/contracts/job.ts';
import { ownerIdSchema } from '@wavefleet/contracts/people.ts';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { type Expect, name } from './kinds.ts';

const amount = z.int().min(1);
/** What a plan does not say is as for everybody. */
const planSchema = z.strictObject({
  /** Minutes of sound that completed jobs have read in a month (UTC). Without it they are not counted. */
  minutesPerMonth: amount.optional(),
  /** In place of MAX_STORED_BYTES, MAX_ACTIVE_JOBS and JOB_RETENTION_DAYS. */
  storedBytes: amount.optional(),
  activeJobs: amount.optional(),
  retentionDays: amount.max(3650).optional(),
  /** Of one file, below MAX_UPLOAD_BYTES and MAX_RESUMABLE_UPLOAD_BYTES. */
  uploadBytes: amount.optional(),
});
type PlanSetting = z.infer<typeof planSchema>;

const planName = z.string().regex(/^[\w -]{1,40}$/);
const plans = z.string().transform((text, context): Readonly<Record<string, PlanSetting>> => {
  const parsed = z.record(planName, planSchema).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue(
    'a JSON object of plans by name, each with any of minutesPerMonth, storedBytes, activeJobs, retentionDays, uploadBytes',
  );
  return z.NEVER;
});
const owners = z
  .string()
  .transform((text) =>
    text.split(',').map((entry) => {
      const at = entry.lastIndexOf('=');
      return [entry.slice(0, Math.max(0, at)).trim(), entry.slice(at + 1).trim()] as const;
    }),
  )
  .refine(
    (pairs) =>
      pairs.every(
        ([owner, plan]) => ownerIdSchema.safeParse(owner).success && planName.safeParse(plan).success,
      ),
    'owner=plan, with commas between them',
  )
  .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));

/** By their environment names. */
export const planSettings = {
  /** By name. */
  PLANS: plans.default({}),
  /** The plan of browsers and of who says nothing. Default: none. */
  PLAN_ANONYMOUS: name.optional(),
  /** The plan of who has signed in, and of their keys. Default: none. */
  PLAN_SIGNED_IN: name.optional(),
  /** Plans of single owners, as GET /api/me names them: `account:…=studio`. */
  PLAN_OWNERS: owners.default({}),
} as const;

type PlanSettings = z.infer<z.ZodObject<typeof planSettings>>;

/** Rules between them. */
export function expectOfPlans(
  config: PlanSettings & { readonly MAX_RESUMABLE_UPLOAD_BYTES: number },
  expect: Expect,
): void {
  const known = (plan: string | undefined) => plan === undefined || Object.hasOwn(config.PLANS, plan);
  for (const setting of ['PLAN_ANONYMOUS', 'PLAN_SIGNED_IN'] as const)
    expect(known(config[setting]), `${setting}: expected a plan that PLANS has, got ${config[setting]}`);
  for (const plan of new Set(Object.values(config.PLAN_OWNERS)))
    expect(known(plan), `PLAN_OWNERS: expected plans that PLANS has, got ${plan}`);
  for (const [plan, { uploadBytes = 0 }] of Object.entries(config.PLANS)) {
    expect(
      uploadBytes <= config.MAX_RESUMABLE_UPLOAD_BYTES,
      `PLANS: expected uploadBytes of ${plan} to be at most MAX_RESUMABLE_UPLOAD_BYTES (${config.MAX_RESUMABLE_UPLOAD_BYTES}), got ${uploadBytes}`,
    );
  }
}

/** How large one file may be, and the code of who says so. */
export interface SizeLimit {
  readonly limitBytes: number;
  readonly code: 'REQUEST_TOO_LARGE' | 'PLAN_UPLOAD_LIMIT' | 'UPLOAD_TOO_LARGE';
}

/** What holds for one owner. */
export interface Plan {
  /** Absent where no plan does. */
  readonly name: string | undefined;
  /** Absent: not counted. */
  readonly minutesPerMonth: number | undefined;
  readonly storedBytes: number;
  readonly activeJobs: number;
  readonly retentionDays: number;
  /** Of a file, however it comes; and of one in one request, which may be the same. */
  readonly upload: SizeLimit;
  readonly singleUpload: SizeLimit;
}

/** Settings that say what holds. */
export type PlanConfig = PlanSettings & {
  readonly [Name in
    | 'MAX_STORED_BYTES'
    | 'MAX_ACTIVE_JOBS'
    | 'JOB_RETENTION_DAYS'
    | 'MAX_UPLOAD_BYTES'
    | 'MAX_RESUMABLE_UPLOAD_BYTES']: number;
};

/** What the plan of an owner says itself; undefined for whom there is none. Dropped files are held to its size and minutes, and nothing else. */
export function ownPlanOf(config: PlanSettings, ownerId: string): PlanSetting | undefined {
  const name = ownNameOf(config, ownerId);
  return name === undefined ? undefined : config.PLANS[name];
}

/** The plan of an owner: its own, else that of its kind. Names that operators gave have none unless they say so. */
export function planOf(config: PlanConfig, ownerId: string): Plan {
  const name = ownNameOf(config, ownerId);
  const plan = ownPlanOf(config, ownerId);
  const { uploadBytes = Number.POSITIVE_INFINITY } = plan ?? {};
  const upload: SizeLimit =
    uploadBytes < config.MAX_RESUMABLE_UPLOAD_BYTES
      ? { limitBytes: uploadBytes, code: 'PLAN_UPLOAD_LIMIT' }
      : { limitBytes: config.MAX_RESUMABLE_UPLOAD_BYTES, code: 'UPLOAD_TOO_LARGE' };
  return {
    name,
    minutesPerMonth: plan?.minutesPerMonth,
    storedBytes: plan?.storedBytes ?? config.MAX_STORED_BYTES,
    activeJobs: plan?.activeJobs ?? config.MAX_ACTIVE_JOBS,
    retentionDays: plan?.retentionDays ?? config.JOB_RETENTION_DAYS,
    upload,
    // Parts are no way for what they would not take either.
    singleUpload:
      config.MAX_UPLOAD_BYTES < upload.limitBytes
        ? { limitBytes: config.MAX_UPLOAD_BYTES, code: 'REQUEST_TOO_LARGE' }
        : upload,
  };
}

function ownNameOf({ PLAN_OWNERS, PLAN_ANONYMOUS, PLAN_SIGNED_IN }: PlanSettings, ownerId: string) {
  if (Object.hasOwn(PLAN_OWNERS, ownerId)) return PLAN_OWNERS[ownerId];
  if (ownerId.startsWith('account:')) return PLAN_SIGNED_IN;
  return ownerId === ANONYMOUS_OWNER || ownerId.startsWith('browser:') ? PLAN_ANONYMOUS : undefined;
}
