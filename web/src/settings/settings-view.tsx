/** What somebody sets for themselves: e-mails, presets, webhooks, and the keys by which their programs are known. */

import { KeySection } from '../keys/key-section.tsx';
import { EmailChoice } from '../notices/email-choice.tsx';
import { WebhookSection } from '../notices/webhook-section.tsx';
import { PresetSection } from '../presets/preset-section.tsx';

/** Of this browser, or of who has signed in. */
export function SettingsView() {
  return (
    <section class="history" aria-labelledby="view-heading">
      <h1 id="view-heading" tabIndex={-1}>
        Settings
      </h1>
      <EmailChoice />
      <PresetSection />
      <WebhookSection />
      <KeySection />
    </section>
  );
}
