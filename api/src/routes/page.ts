/** `GET /`: a placeholder until the page is built. It links to what can be used now. */
import { type Router, router } from '../context.ts';

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>wavefleet</title>
<h1>wavefleet</h1>
<p>Audio conversion over HTTP. There is no page here yet; the API works:</p>
<ul>
<li><a href="/api/openapi.json">API description (OpenAPI 3.1)</a></li>
<li><a href="/api/formats">Formats, presets and limits</a></li>
<li><a href="/api/jobs">Your jobs</a></li>
<li><a href="/api/health">Health</a></li>
</ul>
<pre>
curl -F file=@song.flac http://localhost:3000/api/upload-audio
curl -H 'content-type: application/json' -d '{"fileId":"…","format":"mp3"}' http://localhost:3000/api/jobs
</pre>
</html>
`;

export const page = (): Router => {
  const app = router();
  app.get('/', (c) => c.html(html));
  return app;
};
