/** Tags as a caller may set or remove them. */
import { z } from 'zod';

/** All names and values of one request together, in UTF-16 units. */
const MAX_TEXT_LENGTH = 16_384;
const MAX_TAGS = 64;
const MAX_VALUES = 32;

/** What is no text about the sound: how the file is made, or a picture or chapter in the form of a tag. */
const notForTags =
  /^(encoder|itunsmpb|metadata_block_picture|coverart|coverartmime|chapter\d{3}(name|url)?)$/i;

/** Any case. What Vorbis comments allow, which all other tag systems do as well. */
const tagNameSchema = z
  .string()
  .regex(/^[ -<>-}]{1,64}$/, 'expected a name of 1 to 64 ASCII characters without "="')
  .refine((name) => !notForTags.test(name) && name.trim() === name, 'expected the name of a text tag');

const tagTextSchema = z.string().min(1).max(MAX_TEXT_LENGTH);

/** By name: one value, or several. */
const tagsSchema = z
  .record(tagNameSchema, z.union([tagTextSchema, z.array(tagTextSchema).min(1).max(MAX_VALUES)]))
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `expected at most ${MAX_TAGS} tags`)
  .refine(
    (tags) => Object.entries(tags).flat(2).join('').length <= MAX_TEXT_LENGTH,
    `expected at most ${MAX_TEXT_LENGTH} characters in all tags together`,
  );

/** zod's records leave `__proto__` out, and nobody would hear of it. */
export const setTagsSchema = z.preprocess((tags, context) => {
  if (Object.hasOwn(Object(tags), '__proto__'))
    context.addIssue({
      code: 'custom',
      path: ['__proto__'],
      message: 'expected another name: this one cannot be kept',
    });
  return tags;
}, tagsSchema);

export const removeTagsSchema = z.array(tagNameSchema).max(MAX_TAGS);
