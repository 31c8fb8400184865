/** What the page may load and whom it may talk to. Everything that is not named is forbidden. */
import type { Config } from '@wavefleet/platform/config.ts';

/** The settings that say where browsers find the storage. */
export type PagePolicySettings = Pick<
  Config,
  'S3_BROWSER_ACCESS' | 'S3_PUBLIC_ENDPOINT_URL' | 'AWS_ENDPOINT_URL' | 'AWS_REGION' | 'S3_BUCKET'
>;

/** The Content-Security-Policy of the page. @param nonce lets in one inline style sheet, in answers that carry it. */
export function pagePolicy(settings: PagePolicySettings, nonce: string | undefined): string {
  const storage = settings.S3_BROWSER_ACCESS ? ` ${publicS3Origin(settings)}` : '';
  const style = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${style}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",
    `connect-src 'self'${storage}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Where presigned URLs lead; the SDK's rules, without asking it for credentials. */
export function publicS3Origin(settings: PagePolicySettings): string {
  const endpoint = settings.S3_PUBLIC_ENDPOINT_URL ?? settings.AWS_ENDPOINT_URL;
  if (endpoint !== undefined) {
    const { protocol, host, origin } = new URL(endpoint);
    // As `platform/src/aws/clients.ts` has it: an emulator is addressed by path, AWS by the bucket's own host.
    return settings.AWS_ENDPOINT_URL !== undefined ? origin : `${protocol}//${settings.S3_BUCKET}.${host}`;
  }
  const domain = settings.AWS_REGION.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `s3.${settings.AWS_REGION}.${domain}`;
  // A bucket with dots has no valid certificate as a host of its own.
  return settings.S3_BUCKET.includes('.') ? `https://${host}` : `https://${settings.S3_BUCKET}.${host}`;
}
