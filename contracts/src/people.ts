/** Who may ask for what: scopes, API keys, and what a caller is told of itself. */
import { z } from 'zod';
import { emailNoticesSchema } from './mails.ts';

/**
 * What a caller may do with what is its own. `jobs:read` looks and downloads, `jobs:write` orders, cancels and deletes,
 * both together share results and have webhooks told, `uploads:write` sends files; `admin` does all of that and what is not named here, such as making keys.
 */
const scopeNames = ['jobs:read', 'jobs:write', 'uploads:write', 'admin'] as const;
const scopeSchema = z.enum(scopeNames, `expected some of ${scopeNames.join(', ')}`);
export type Scope = z.infer<typeof scopeSchema>;

/** Every scope, the mightiest last. */
export const scopes: readonly Scope[] = scopeNames;

/** An API key as it is sent: 256 random bits behind a beginning by which scanners of leaked secrets know it. */
export const keyTokenSchema = z.string().regex(/^wf_live_[\w-]{43}$/);

/** Of a key, made from its hash. Gives nothing of it away. */
const keyIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits');

/** Who may own something, apart from `anonymous`: a browser, a name that an operator gave. Part of no key in S3. */
export const ownerIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w:.@-]{0,127}$/, 'expected 1 to 128 letters, digits and _ : . @ -');

/** Days that a key is good for, where its maker does not say. */
export const KEY_DAYS = 90;
/** A key that nobody would ever have to think of again is no good idea. */
export const MAX_KEY_DAYS = 3650;

const WHOLE_DAYS = `expected a whole number from 1 to ${MAX_KEY_DAYS}`;

export const makeKeyBodySchema = z.strictObject({
  /** For its owner alone, to know it by. */
  name: z.string().trim().min(1, 'expected a name').max(80, 'expected at most 80 characters'),
  scopes: z
    .array(scopeSchema)
    .min(1, 'expected at least one scope')
    .max(scopeNames.length)
    .refine((names) => new Set(names).size === names.length, 'expected each scope once'),
  expiresInDays: z.int(WHOLE_DAYS).min(1, WHOLE_DAYS).max(MAX_KEY_DAYS, WHOLE_DAYS).default(KEY_DAYS),
});
export type MakeKeyBody = z.input<typeof makeKeyBodySchema>;

/** A key as its owner sees it, without the key itself. */
export const keyViewSchema = z.object({
  keyId: keyIdSchema,
  name: z.string(),
  scopes: z.array(scopeSchema),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** To the minute, roughly; absent when it never was. */
  lastUsedAt: z.iso.datetime().optional(),
});
export type KeyView = z.infer<typeof keyViewSchema>;

/** `token` is shown this once: only its hash is stored. */
export const madeKeySchema = keyViewSchema.extend({ token: keyTokenSchema });
export type MadeKey = z.infer<typeof madeKeySchema>;

export const keyListSchema = z.object({ keys: z.array(keyViewSchema) });
export type KeyList = z.infer<typeof keyListSchema>;

/** How a caller was known. */
const callerKindSchema = z.enum(['anonymous', 'browser', 'account', 'key']);
export type CallerKind = z.infer<typeof callerKindSchema>;

/** `off`: nobody can sign in. `optional`: who does has the same history in every browser. `required`: nothing without. */
export const authModeSchema = z.enum(['off', 'optional', 'required']);
export type AuthMode = z.infer<typeof authModeSchema>;

/** A provider by which people sign in. `href` is a whole address, for a link and not for a script. */
const providerViewSchema = z.object({ id: z.string(), label: z.string(), href: z.string() });

/** How much a caller may have, and has. Bytes and jobs as they were counted, minutes as jobs have ended. */
const planViewSchema = z.object({
  /** Absent where no plan holds, but the settings for everybody. */
  name: z.string().optional(),
  /** Of sound, read by completed jobs of this month (UTC). Absent where they are not counted. */
  minutes: z
    .object({ limit: z.number(), used: z.number(), left: z.number(), resetsAt: z.iso.datetime() })
    .optional(),
  /** Ordered by requests: those of dropped files are not counted. */
  activeJobs: z.object({ limit: z.int(), used: z.int() }),
  storedBytes: z.object({ limit: z.int(), used: z.int() }),
  /** Of one file. */
  uploadBytes: z.int(),
  /** Results and the record of a job go so many days after it was made. */
  retentionDays: z.int(),
});
export type PlanView = z.infer<typeof planViewSchema>;

/** Until when files and records are kept here, unless they are deleted before. */
const keepingSchema = z.object({
  /** A job's result and record, from its submission. */
  resultDays: z.int(),
  historyDays: z.int(),
  /** An upload, from the end of the last job that read it; and one that none reads, from its end. */
  uploadDays: z.int(),
  unusedUploadDays: z.int(),
  /** An upload that is not finished, from its beginning. */
  unfinishedUploadHours: z.int(),
});
export type Keeping = z.infer<typeof keepingSchema>;

/** What `GET /api/me` answers. */
export const meSchema = z.object({
  kind: callerKindSchema,
  /** What is stored with jobs and uploads of the caller. */
  ownerId: z.string(),
  scopes: z.array(scopeSchema),
  /** The key that was sent, if one was. */
  key: keyViewSchema.optional(),
  /** Of who has signed in: what the provider says. */
  account: z
    .object({
      provider: z.string(),
      name: z.string(),
      email: z.string().optional(),
      /** Which jobs it gets e-mails about. Absent where none are sent, or the provider has not verified its address. */
      emailNotices: emailNoticesSchema.optional(),
    })
    .optional(),
  /** Servers of before do not say. */
  plan: planViewSchema.optional(),
  keeping: keepingSchema.optional(),
  /** Servers of before have no such thing. */
  auth: z
    .object({
      mode: authModeSchema,
      providers: z.array(providerViewSchema),
      /** Whether a session can be taken up again (`POST /api/auth/refresh`). */
      hasSession: z.boolean(),
    })
    .default({ mode: 'off', providers: [], hasSession: false }),
});
export type Me = z.infer<typeof meSchema>;

/** What an account may say of itself. */
export const changeMeBodySchema = z.strictObject({ emailNotices: emailNoticesSchema });
export type ChangeMeBody = z.infer<typeof changeMeBodySchema>;
/** What `PATCH /api/me` answers. */
export const changedMeSchema = z.object({ emailNotices: emailNoticesSchema });
export type ChangedMe = z.infer<typeof changedMeSchema>;

/** What `POST /api/auth/refresh` answers. Browsers get the same token as a cookie, and need not read it. */
export const freshTokenSchema = z.object({ accessToken: z.string(), expiresInSeconds: z.int().positive() });
export type FreshToken = z.infer<typeof freshTokenSchema>;

/** What `DELETE /api/me` answers. */
export const erasedSchema = z.object({
  /** Whether all that was there is gone. Else conversions are being ended, and go within minutes. */
  done: z.boolean(),
  /** Until then it is looked again for what was on its way when it was asked. */
  watchedUntil: z.iso.datetime(),
});
export type Erased = z.infer<typeof erasedSchema>;
