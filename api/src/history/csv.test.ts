/** The lines of an export. */
import { expect, test } from 'vitest';
import { jobView } from '../jobs/job-view.ts';
import { job } from '../jobs/sample.testing.ts';
import { csvHead, csvLine } from './csv.ts';

const lineOf = (fileName: string) => csvLine(jobView(job({ fileName })));
const line = (field: string) =>
  `6f1c2c1e-3f5e-4b8a-9c53-0d7a1d1b7a01,${field},processing,mp3,,2026-11-21T10:00:00.000Z,2026-11-21T10:00:05.000Z,upload,1234,,,,\r\n`;

test('the first line names the columns, behind the mark by which spreadsheets know UTF-8', () => {
  expect(csvHead).toBe(
    '\uFEFFjobId,fileName,status,format,quality,createdAt,updatedAt,source,inputBytes,inputSeconds,outputBytes,outputSeconds,errorCode\r\n',
  );
});

test.each([
  ['plain', 'song.flac', 'song.flac'],
  ['a comma', 'a, b.wav', '"a, b.wav"'],
  ['quotes', 'the "best".wav', '"the ""best"".wav"'],
  ['a line break', 'one\ntwo\r.wav', '"one\ntwo\r.wav"'],
  ['a formula', '=1+1.wav', "'=1+1.wav"],
  ['a formula in quotes', '=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['plus', '+cmd', "'+cmd"],
  ['minus', '-2+3', "'-2+3"],
  ['at', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab in front', '\t=1', "'\t=1"],
  ['a carriage return in front', '\r=1', `"'\r=1"`],
  ['blanks in front', '  =1', "'  =1"],
  ['wide signs', '＝1', "'＝1"],
  ['an apostrophe of its own', "it's.wav", "it's.wav"],
])('a name with %s is one field, and text', (_, fileName, field) => {
  expect(lineOf(fileName)).toBe(line(field));
});
