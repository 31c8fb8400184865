/** What IAM calls the calls of the SDK: for the log's advice, and for the test that compares it with Terraform. */

/** SDK command → its actions, the one that it is named after first. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  // Without s3:ListBucket a missing object answers 403, not 404 (AWS: "GetObject", "HeadObject").
  GetObjectCommand: ['s3:GetObject', 's3:ListBucket'],
  HeadObjectCommand: ['s3:GetObject', 's3:ListBucket'],
  HeadBucketCommand: ['s3:ListBucket'],
  ListObjectsV2Command: ['s3:ListBucket'],
  PutObjectCommand: ['s3:PutObject'],
  // Named after what it writes; it reads its source besides (AWS: "CopyObject").
  CopyObjectCommand: ['s3:PutObject', 's3:GetObject'],
  DeleteObjectCommand: ['s3:DeleteObject'],
  DeleteObjectsCommand: ['s3:DeleteObject'],
  CreateMultipartUploadCommand: ['s3:PutObject'],
  UploadPartCommand: ['s3:PutObject'],
  CompleteMultipartUploadCommand: ['s3:PutObject'],
  AbortMultipartUploadCommand: ['s3:AbortMultipartUpload'],
  ListPartsCommand: ['s3:ListMultipartUploadParts'],
  ListMultipartUploadsCommand: ['s3:ListBucketMultipartUploads'],
  GetCommand: ['dynamodb:GetItem'],
  PutCommand: ['dynamodb:PutItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  DeleteCommand: ['dynamodb:DeleteItem'],
  QueryCommand: ['dynamodb:Query'],
  BatchGetCommand: ['dynamodb:BatchGetItem'],
  // As above, without lib-dynamodb in between: so the log calls them.
  GetItemCommand: ['dynamodb:GetItem'],
  PutItemCommand: ['dynamodb:PutItem'],
  UpdateItemCommand: ['dynamodb:UpdateItem'],
  DeleteItemCommand: ['dynamodb:DeleteItem'],
  BatchGetItemCommand: ['dynamodb:BatchGetItem'],
  DescribeTableCommand: ['dynamodb:DescribeTable'],
  SendMessageCommand: ['sqs:SendMessage'],
  ReceiveMessageCommand: ['sqs:ReceiveMessage'],
  DeleteMessageCommand: ['sqs:DeleteMessage'],
  DeleteMessageBatchCommand: ['sqs:DeleteMessage'],
  ChangeMessageVisibilityCommand: ['sqs:ChangeMessageVisibility'],
  GetQueueAttributesCommand: ['sqs:GetQueueAttributes'],
  PutEventsCommand: ['events:PutEvents'],
  DescribeEventBusCommand: ['events:DescribeEventBus'],
};

/** The actions that a command of the SDK needs, e.g. `GetCommand`; undefined for one that nobody has looked up yet. */
export function iamActionsOf(command: string): readonly string[] | undefined {
  return Object.hasOwn(ACTIONS, command) ? ACTIONS[command] : undefined;
}
