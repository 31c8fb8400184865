# Who asked for what: one bucket for the logs of load balancer, audio bucket and VPC, when traffic_logs wants them.

locals {
  traffic_logs = toset(var.traffic_logs ? ["logs"] : [])

  # Who writes there, on behalf of what, below which prefix.
  log_writers = {
    "load-balancer" = { service = "logdelivery.elasticloadbalancing.amazonaws.com", source = "arn:${local.partition}:elasticloadbalancing:${var.region}:${local.account}:loadbalancer/*", account = null }
    "bucket"        = { service = "logging.s3.amazonaws.com", source = aws_s3_bucket.audio.arn, account = local.account }
    "flows"         = { service = "delivery.logs.amazonaws.com", source = "arn:${local.partition}:logs:${var.region}:${local.account}:*", account = local.account }
  }
}

resource "aws_s3_bucket" "logs" {
  for_each = local.traffic_logs

  bucket        = "${coalesce(var.bucket_name, "wavefleet${local.suffix}-${local.account}-${var.region}")}-logs"
  force_destroy = local.disposable
}

resource "aws_s3_bucket_public_access_block" "logs" {
  for_each = aws_s3_bucket.logs

  bucket = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  for_each = aws_s3_bucket.logs

  bucket = each.value.id

  # The load balancer writes with no other key than S3's own.
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  for_each = aws_s3_bucket.logs

  bucket = each.value.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.log_retention_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  for_each = aws_s3_bucket.logs

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [merge(local.deny_plain, { Action = "s3:*", Resource = [each.value.arn, "${each.value.arn}/*"] })],
      [for prefix, writer in local.log_writers : {
        Sid       = replace(title(replace(prefix, "-", " ")), " ", "")
        Effect    = "Allow"
        Principal = { Service = writer.service }
        Action    = ["s3:PutObject"]
        Resource  = "${each.value.arn}/${prefix}/*"
        # A bucket's ARN does not say whose it is; the others' do.
        Condition = merge(
          { ArnLike = { "aws:SourceArn" = writer.source } },
          { for account in writer.account[*] : "StringEquals" => { "aws:SourceAccount" = account } },
        )
      }],
      [{
        # Flow logs ask first whether the bucket is there.
        Sid       = "FlowsLook"
        Effect    = "Allow"
        Principal = { Service = local.log_writers.flows.service }
        Action    = ["s3:GetBucketAcl"]
        Resource  = each.value.arn
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.account }
          ArnLike      = { "aws:SourceArn" = local.log_writers.flows.source }
        }
      }],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.logs]
}

resource "aws_s3_bucket_logging" "audio" {
  for_each = aws_s3_bucket.logs

  bucket        = aws_s3_bucket.audio.id
  target_bucket = each.value.id
  target_prefix = "bucket/"

  depends_on = [aws_s3_bucket_policy.logs]
}

# Refused traffic says who tries what; accepted traffic is in the other logs.
resource "aws_flow_log" "this" {
  for_each = aws_s3_bucket.logs

  vpc_id               = aws_vpc.this.id
  traffic_type         = "REJECT"
  log_destination_type = "s3"
  log_destination      = "${each.value.arn}/flows/"

  depends_on = [aws_s3_bucket_policy.logs]
}
