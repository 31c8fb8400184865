/** Seconds of `90`, `90.5`, `1:30` or `1:02:45.5`; undefined of an empty field; `invalid` of anything else. */
export function parseTime(text: string): number | undefined | 'invalid' {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return undefined;
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(trimmed);
  if (match === null) return 'invalid';
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  const hasMinutes = match[2] !== undefined;
  if (hasMinutes && Number(seconds) >= 60) return 'invalid';
  if (match[1] !== undefined && Number(minutes) >= 60) return 'invalid';
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
