/** The ARN of a queue, from what the fleet knows of it: `https://host/account/name` and the region. */
export function queueArnOf(url: string, region: string): string {
  const [account = '', name = ''] = new URL(url).pathname.split('/').slice(-2);
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** The name alone, for people. */
export function queueNameOf(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? url;
}
