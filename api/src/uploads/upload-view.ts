import type { Uploaded } from '@wavefleet/contracts/http.ts';
import type { Upload } from '@wavefleet/contracts/uploads.ts';

/** The answer to an upload, from the record alone, so that every repetition gets the same bytes. */
export function uploadedView(upload: Upload): Uploaded {
  return {
    fileId: upload.fileId,
    sizeBytes: upload.location.sizeBytes,
    fileName: upload.fileName,
    uploadedAt: upload.completedAt ?? upload.createdAt,
  };
}
