# The bucket: private, encrypted, TLS only, emptied by age, telling the drops queue.

locals {
  prefixes = local.resources.bucket.prefixes
}

resource "aws_s3_bucket" "audio" {
  bucket        = coalesce(var.bucket_name, "${local.resources.bucket.name}${local.suffix}-${local.account}-${var.region}")
  force_destroy = local.disposable
}

resource "aws_s3_bucket_public_access_block" "audio" {
  bucket = aws_s3_bucket.audio.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "audio" {
  bucket = aws_s3_bucket.audio.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "audio" {
  bucket = aws_s3_bucket.audio.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "audio" {
  bucket = aws_s3_bucket.audio.id

  versioning_configuration {
    status = var.bucket_versioning
  }
}

resource "aws_s3_bucket_policy" "audio" {
  bucket = aws_s3_bucket.audio.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(local.deny_plain, { Action = "s3:*", Resource = [aws_s3_bucket.audio.arn, "${aws_s3_bucket.audio.arn}/*"] }),
    ]
  })

  # A policy and the block of public policies that arrive together may be refused as a conflict.
  depends_on = [aws_s3_bucket_public_access_block.audio]
}

resource "aws_s3_bucket_cors_configuration" "audio" {
  bucket = aws_s3_bucket.audio.id

  cors_rule {
    # Something in front may have a name of its own, under which browsers know the page.
    allowed_origins = concat([local.api_url], flatten([for url in local.public_url[*] : regexall("^https?://[^/]+", lower(url))]), var.page_origins)
    allowed_methods = ["GET", "HEAD", "PUT"]
    allowed_headers = ["*"]
    # A part's ETag is what completes a multipart upload.
    expose_headers  = ["ETag", "Content-Length", "Content-Range", "Accept-Ranges"]
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "audio" {
  bucket = aws_s3_bucket.audio.id

  dynamic "rule" {
    for_each = local.resources.bucket.lifecycle

    content {
      id     = "expire-${trimsuffix(rule.value.prefix, "/")}"
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      expiration {
        days = rule.value.expireDays
      }

      # Below 128 KiB S3 leaves objects where they are: colder storage would cost more.
      dynamic "transition" {
        for_each = try(rule.value.toInfrequentAccessDays, null)[*]

        content {
          days          = transition.value
          storage_class = "STANDARD_IA"
        }
      }

      noncurrent_version_expiration {
        noncurrent_days = var.noncurrent_version_days
      }
    }
  }

  rule {
    id     = "abort-incomplete-multipart"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = local.resources.bucket.abortIncompleteMultipartDays
    }
  }

  # What a deleted object leaves when its versions are gone; a rule that expires objects cannot say so itself.
  dynamic "rule" {
    for_each = var.bucket_versioning == "Disabled" ? [] : ["expire-delete-markers"]

    content {
      id     = rule.value
      status = "Enabled"

      filter {
        prefix = ""
      }

      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  # S3 refuses a rule about versions while it still switches them on.
  depends_on = [aws_s3_bucket_versioning.audio]
}

resource "aws_s3_bucket_notification" "audio" {
  bucket = aws_s3_bucket.audio.id

  dynamic "queue" {
    for_each = local.resources.bucket.notifications

    content {
      id            = "${queue.value.queue}-${trimsuffix(queue.value.prefix, "/")}"
      queue_arn     = aws_sqs_queue.this[queue.value.queue].arn
      events        = queue.value.events
      filter_prefix = queue.value.prefix
    }
  }

  # S3 sends a test message at once and refuses a queue that does not let it.
  depends_on = [aws_sqs_queue_policy.this]
}
