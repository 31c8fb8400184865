/** Cards as they come to the desk, of a file or of a job that runs already, and as they get their conversions. */
import type { JobView } from '@wavefleet/contracts/http.ts';
import { orderSchema } from '@wavefleet/contracts/job.ts';
import { shownName } from '@wavefleet/contracts/names.ts';
import type { Conversion } from '../convert/conversion.ts';
import type { Refusal } from '../upload/check-file.ts';
import { newUpload } from '../upload/upload-state.ts';
import type { Card } from './card.ts';

/** Of a file that the user brings. @param refusal why it is not sent. */
export function newCard(id: string, file: File, refusal: Refusal | undefined): Card {
  const { name, size, lastModified } = file;
  const card = { id, name: shownName(name), size, lastModified, upload: newUpload(size), plans: [] };
  return refusal === undefined ? { ...card, staged: true } : { ...card, staged: false, refusal };
}

/** The card once these conversions of it were asked for. */
export function planned(card: Card, conversions: readonly Conversion[], newId: () => string): Card {
  const plans = conversions.map((conversion) => ({ key: newId(), conversion }));
  return { ...card, staged: false, plans: [...card.plans, ...plans] };
}

/** What a job asks for. Undefined for a job of a newer server, which this page cannot ask for itself: the history shows it. */
export function conversionOf(view: JobView): Conversion | undefined {
  const order = orderSchema.safeParse(view).data;
  return order && { ...order, deleteAfterDownload: view.deleteAfterDownload };
}

/** Of a job that somebody else ordered; none where this page does not know what it asks for. */
export function cardOfJob(view: JobView): Card[] {
  const conversion = conversionOf(view);
  if (conversion === undefined) return [];
  const { jobId, fileName, inputSizeBytes, fileId } = view;
  const upload = { ...newUpload(inputSizeBytes), phase: 'done', sentBytes: inputSizeBytes } as const;
  return [
    {
      id: jobId,
      name: fileName,
      size: inputSizeBytes,
      lastModified: 0,
      staged: false,
      upload: fileId === undefined ? upload : { ...upload, fileId },
      plans: [{ key: jobId, conversion, jobId }],
    },
  ];
}
