/** Every route about uploads: in one request, or in parts that can go on after a broken line. */
import { join, type Router } from '../http/context.ts';
import { completeUpload } from './complete-upload.ts';
import { createUpload } from './create-upload.ts';
import { deleteUpload } from './delete-upload.ts';
import type { UploadDeps } from './deps.ts';
import { getUpload } from './get-upload.ts';
import { partAddresses } from './part-addresses.ts';
import { putPart } from './put-part.ts';
import { uploadAudio } from './upload-audio.ts';
import { uploadCover } from './upload-cover.ts';

/** `/api/upload-audio`, `/api/upload-cover` and everything below `/api/uploads`. */
export function uploadRoutes(deps: UploadDeps): Router {
  return join([
    uploadAudio(deps),
    uploadCover(deps),
    createUpload(deps),
    partAddresses(deps),
    putPart(deps),
    getUpload(deps),
    completeUpload(deps),
    deleteUpload(deps),
  ]);
}
