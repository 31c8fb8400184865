/** Times as people and FFmpeg write them. */
import { z } from 'zod';

/** `HH:MM:SS.cc`: hours as many as there are, the rest in two digits each, hundredths of a second last. */
export const timecodeSchema = z.string().regex(/^\d{2,}:[0-5]\d:[0-5]\d\.\d{2}$/);

/** @param seconds not negative; rounded to hundredths. */
export function timecode(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const parts = [hundredths / 360_000, (hundredths / 6_000) % 60, (hundredths / 100) % 60];
  return `${parts.map(two).join(':')}.${two(hundredths % 100)}`;
}
