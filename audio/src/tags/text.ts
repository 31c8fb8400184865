/** The text in a tag's bytes, whose encoding few tag systems name and fewer programs obey. */

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
/** What no text has. In ID3's Latin-1 these code points are Windows-1252, which programs wrote there at all times. */
const c1Controls = /[\u0080-\u009f]/g;

/** UTF-8, and what is not valid as such Windows-1252, of which Latin-1 is a part. */
export function textOf(bytes: Uint8Array): string {
  return decoded(bytes).replace(c1Controls, (control) =>
    windows1252.decode(Uint8Array.of(control.charCodeAt(0))),
  );
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes); // every byte means something in it
  }
}
