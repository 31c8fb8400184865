# The queues of resources.json: each with a dead-letter queue that takes from it alone, and a policy that names every
# sender that is not one of our tasks.

locals {
  queue_encryption = var.queue_kms_key_arn == null ? { sse = true, kms = null } : { sse = null, kms = var.queue_kms_key_arn }

  # Queue → which service sends into it on behalf of what. A bucket's ARN does not say whose it is, a rule's does.
  queue_senders = {
    for id in keys(local.resources.queues) : id => concat(
      [for notification in local.resources.bucket.notifications :
      { service = "s3.amazonaws.com", source = aws_s3_bucket.audio.arn, account = local.account } if notification.queue == id],
      [for rule in local.resources.events.rules :
      { service = "events.amazonaws.com", source = aws_cloudwatch_event_rule.this[rule.name].arn, account = null } if rule.queue == id],
    )
  }

  guarded_queues = merge(
    { for id, queue in aws_sqs_queue.this : id => { queue = queue, senders = local.queue_senders[id] } },
    # EventBridge puts there itself what it cannot deliver.
    { for id, queue in aws_sqs_queue.dead_letter : "${id}-dead-letter" => {
      queue = queue, senders = [for sender in local.queue_senders[id] : sender if sender.service == "events.amazonaws.com"]
    } },
  )

  # A denial may be broad: nobody talks to a queue or bucket of ours without TLS.
  deny_plain = {
    Sid       = "DenyWithoutTls"
    Effect    = "Deny"
    Principal = "*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}

resource "aws_sqs_queue" "this" {
  for_each = local.resources.queues

  name                       = "${each.value.name}${local.suffix}"
  visibility_timeout_seconds = each.value.visibilityTimeoutSeconds
  message_retention_seconds  = each.value.retentionSeconds
  sqs_managed_sse_enabled    = local.queue_encryption.sse
  kms_master_key_id          = local.queue_encryption.kms
}

resource "aws_sqs_queue" "dead_letter" {
  for_each = local.resources.queues

  name                      = "${each.value.deadLetter.name}${local.suffix}"
  message_retention_seconds = each.value.deadLetter.retentionSeconds
  sqs_managed_sse_enabled   = local.queue_encryption.sse
  kms_master_key_id         = local.queue_encryption.kms
}

resource "aws_sqs_queue_redrive_policy" "this" {
  for_each = local.resources.queues

  queue_url = aws_sqs_queue.this[each.key].url
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter[each.key].arn
    maxReceiveCount     = each.value.maxReceiveCount
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  for_each = local.resources.queues

  queue_url = aws_sqs_queue.dead_letter[each.key].url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

resource "aws_sqs_queue_policy" "this" {
  for_each = local.guarded_queues

  queue_url = each.value.queue.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([merge(local.deny_plain, { Action = "sqs:*", Resource = each.value.queue.arn })], [
      for sender in each.value.senders : {
        Sid       = "AllowSending"
        Effect    = "Allow"
        Principal = { Service = sender.service }
        Action    = ["sqs:SendMessage"]
        Resource  = each.value.queue.arn
        Condition = merge(
          { ArnEquals = { "aws:SourceArn" = sender.source } },
          { for account in sender.account[*] : "StringEquals" => { "aws:SourceAccount" = account } },
        )
      }
    ])
  })
}
