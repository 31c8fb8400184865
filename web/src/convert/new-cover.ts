/** The picture that the user gives results as their cover. */

/** How far it is. */
export type NewCover =
  | { readonly phase: 'sending'; readonly name: string }
  | { readonly phase: 'ready'; readonly name: string; readonly fileId: string }
  | { readonly phase: 'refused'; readonly name: string; readonly message: string };
