/** What the routes about webhooks reach the world with. */
import type { Platform } from '@wavefleet/platform/platform.ts';

export type WebhookDeps = Pick<Platform, 'webhooks' | 'webhookDeliveries' | 'notices' | 'config' | 'log'>;
