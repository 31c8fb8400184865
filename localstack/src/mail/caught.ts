/** An e-mail as it came to the catcher of this machine. */
import { z } from 'zod';

export const caughtSchema = z.object({
  id: z.int(),
  at: z.date(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  messageId: z.string(),
  /** As they came, in order: name and value. */
  headerLines: z.array(z.tuple([z.string(), z.string()])),
});
/** An e-mail that came. */
export type Caught = z.infer<typeof caughtSchema>;
