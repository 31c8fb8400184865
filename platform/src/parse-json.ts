/** JSON from outside: undefined for what is none. What it holds is for a schema to say. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
