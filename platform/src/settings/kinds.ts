/** What a setting may be: the kinds that most are of. Texts say what was expected. */
import { z } from 'zod';

/** Bytes. */
export const MIB = 1024 * 1024;

/** A whole number within bounds. Units are in the settings' names. */
export const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `a number from ${min} to ${max}`).max(max, `a number from ${min} to ${max}`));
/** The same, with what it is unless said. */
export const whole = (fallback: number, min: number, max?: number) => wholeNumber(min, max).default(fallback);
/** Something of at least one letter. */
export const name = z.string().min(1);
/** On or off, in words. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], 'true or false')
    .transform((value) => value === 'true')
    .default(fallback);
/** Never printed and never shown, whatever asks for the settings. */
export const secret = <T extends z.ZodType>(setting: T): T => setting.meta({ secret: true });
/** An address of HTTP, over TLS or not. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'an http(s) URL' });

/**
 * A rule between settings: where it does not hold, its sentence is a problem. Numbers in there are no secrets.
 */
export type Expect = (holds: boolean, sentence: string) => void;
