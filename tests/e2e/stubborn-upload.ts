/** An upload by a plain client that does not look up before it has sent everything. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { until } from '@wavefleet/localstack/waiting.ts';

/** The `Content-Type` that makes `stubbornUpload` send a form. */
export const FORM_TYPE = 'multipart/form-data; boundary=cut';

/**
 * An upload in chunks by a plain client: it sends to the end before it looks at the answer, and must not be cut
 * off. Answers the whole response.
 */
export async function stubbornUpload(port: number, type: string, bytes: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  const send = async (chunk: Buffer | string) => {
    socket.write(`${Buffer.byteLength(chunk).toString(16)}\r\n`);
    socket.write(chunk);
    if (!socket.write('\r\n')) await once(socket, 'drain');
  };
  socket.write(
    `POST /api/upload-audio HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  if (type === FORM_TYPE) {
    await send('--cut\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n');
  }
  const mebibyte = Buffer.alloc(1024 ** 2);
  for (let sent = 0; sent < bytes; sent += mebibyte.length) await send(mebibyte);
  await send('\r\n--cut--\r\n');
  socket.write('0\r\n\r\n');
  await until('the answer is there', () => answer.endsWith('}}') || answer.endsWith('"}'), 15_000);
  socket.destroy();
  return answer;
}
