/** Names of operations, and how the answer of one leads to the next. */

/** By method and path. */
export const operationIds: Readonly<Record<string, string>> = {
  'post /api/upload-audio': 'uploadAudio',
  'post /api/upload-cover': 'uploadCover',
  'post /api/uploads': 'createUpload',
  'get /api/uploads/{fileId}': 'getUpload',
  'delete /api/uploads/{fileId}': 'deleteUpload',
  'post /api/uploads/{fileId}/parts': 'addressParts',
  'put /api/uploads/{fileId}/parts/{partNumber}': 'putPart',
  'post /api/uploads/{fileId}/complete': 'completeUpload',
  'post /api/jobs': 'submitJob',
  'post /api/convert-audio': 'convertAudio',
  'get /api/jobs': 'listJobs',
  'get /api/jobs/{jobId}': 'getJob',
  'delete /api/jobs/{jobId}': 'deleteJob',
  'post /api/jobs/{jobId}/retry': 'retryJob',
  'post /api/jobs/{jobId}/share': 'shareResult',
  'get /api/jobs/{jobId}/share': 'listShares',
  'delete /api/jobs/{jobId}/share/{shareId}': 'revokeShare',
  'get /api/jobs/{jobId}/audio': 'getAudio',
  'get /api/jobs/{jobId}/events': 'followJob',
  'post /api/webhooks': 'createWebhook',
  'get /api/webhooks': 'listWebhooks',
  'get /api/webhooks/{webhookId}': 'getWebhook',
  'put /api/webhooks/{webhookId}': 'changeWebhook',
  'delete /api/webhooks/{webhookId}': 'deleteWebhook',
  'post /api/webhooks/{webhookId}/secret': 'renewWebhookSecret',
  'post /api/webhooks/{webhookId}/test': 'testWebhook',
  'get /api/webhooks/{webhookId}/deliveries': 'listDeliveries',
  'post /api/webhooks/{webhookId}/deliveries/{deliveryId}/replay': 'replayDelivery',
  'post /api/presets': 'createPreset',
  'get /api/presets': 'listPresets',
  'get /api/presets/{presetName}': 'getPreset',
  'put /api/presets/{presetName}': 'changePreset',
  'delete /api/presets/{presetName}': 'deletePreset',
  'post /api/presets/import': 'importPresets',
  'get /api/progress': 'getProgress',
  'get /api/download': 'download',
  'post /api/cleanup': 'cleanUp',
  'get /api/me': 'getMe',
  'get /api/keys': 'listKeys',
  'post /api/keys': 'makeKey',
  'delete /api/keys/{keyId}': 'revokeKey',
  'get /api/auth/sign-in/{provider}': 'beginSignIn',
  'get /api/auth/callback/{provider}': 'finishSignIn',
  'post /api/auth/refresh': 'refresh',
  'post /api/auth/sign-out': 'signOut',
  'get /api/formats': 'getFormats',
  'get /api/health': 'getHealth',
  'get /api/health/live': 'getLiveness',
};

interface Link {
  readonly operationId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly requestBody?: unknown;
}

const JOB = '$response.body#/jobId';
const FILE = '$response.body#/fileId';
const withJob = (operationId: string): Link => ({ operationId, parameters: { jobId: JOB } });
const withFile = (operationId: string): Link => ({ operationId, parameters: { fileId: FILE } });

const ofJob: Readonly<Record<string, Link>> = {
  look: withJob('getJob'),
  progress: withJob('getProgress'),
  follow: withJob('followJob'),
  download: withJob('download'),
  listen: withJob('getAudio'),
  retry: withJob('retryJob'),
  share: withJob('shareResult'),
  cancelOrDelete: withJob('deleteJob'),
  cleanUp: { operationId: 'cleanUp', requestBody: { jobId: JOB } },
};
const ofFile: Readonly<Record<string, Link>> = {
  convert: { operationId: 'submitJob', requestBody: { fileId: FILE, format: 'mp3' } },
  look: withFile('getUpload'),
  delete: withFile('deleteUpload'),
};

const withPreset = (operationId: string): Link => ({
  operationId,
  parameters: { presetName: '$response.body#/name' },
});
const ofPreset: Readonly<Record<string, Link>> = {
  look: withPreset('getPreset'),
  delete: withPreset('deletePreset'),
};

/** By the operation whose answer of that status has them. */
export const links: Readonly<
  Record<string, { readonly status: string; readonly links: Readonly<Record<string, Link>> }>
> = {
  uploadAudio: { status: '201', links: ofFile },
  completeUpload: { status: '200', links: ofFile },
  createUpload: {
    status: '201',
    links: {
      look: withFile('getUpload'),
      parts: { ...withFile('addressParts'), requestBody: { partNumbers: [1] } },
      send: { operationId: 'putPart', parameters: { fileId: FILE, partNumber: '1' } },
      complete: withFile('completeUpload'),
      delete: withFile('deleteUpload'),
    },
  },
  makeKey: {
    status: '201',
    links: { revoke: { operationId: 'revokeKey', parameters: { keyId: '$response.body#/keyId' } } },
  },
  createPreset: { status: '201', links: ofPreset },
  uploadCover: { status: '201', links: { delete: withFile('deleteUpload') } },
  submitJob: { status: '202', links: ofJob },
  convertAudio: { status: '202', links: ofJob },
  retryJob: { status: '202', links: ofJob },
  listJobs: {
    status: '200',
    links: { nextPage: { operationId: 'listJobs', parameters: { cursor: '$response.body#/nextCursor' } } },
  },
};
