# What `.github/workflows/deploy.yml` needs in an AWS account, made once by somebody with administrator rights: that
# GitHub's tokens are believed, a role that deploys, one that only plans, and the bucket that holds the state. A
# configuration of its own, since it makes the place where the other's state lies.
#
#   cd terraform/pipeline && terraform init && terraform apply -var repository=OWNER/REPOSITORY

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "wavefleet", ManagedBy = "terraform" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  issuer    = "token.actions.githubusercontent.com"
  provider  = var.existing_provider_arn == null ? aws_iam_openid_connect_provider.github[0].arn : var.existing_provider_arn

  # Who may take which role: jobs of an environment of GitHub's, which may ask people first, deploy; pull requests of the
  # repository itself (GitHub gives forks no token) plan.
  roles = {
    deploy = [for environment in var.environments : "repo:${var.repository}:environment:${environment}"]
    plan   = ["repo:${var.repository}:pull_request"]
  }

  own_roles = "arn:${local.partition}:iam::${local.account}:role/wavefleet-*"
}

# GitHub's certificates are known to AWS: no thumbprint is looked at.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.existing_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  # Not wavefleet-…: what it may change must not be itself.
  name                 = "github-wavefleet-${each.key}"
  description          = "Jobs of ${var.repository} that ${each.key}"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = each.value
        }
      }
    }]
  })
}

# Everything but IAM and Organizations; of IAM only the fleet's own roles.
resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.this["deploy"].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/PowerUserAccess"
}

resource "aws_iam_role_policy" "deploy" {
  name = "roles-of-the-fleet"
  role = aws_iam_role.this["deploy"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "OwnRoles"
        Effect = "Allow"
        Action = [
          "iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:UpdateRole", "iam:UpdateRoleDescription",
          "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:ListRoleTags", "iam:ListRolePolicies",
          "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:GetRolePolicy", "iam:PutRolePolicy",
          "iam:DeleteRolePolicy",
        ]
        Resource = local.own_roles
      },
      {
        Sid       = "ToTasksOnly"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = local.own_roles
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        # AWS makes these at the first use of ECS, ElastiCache, load balancers and scaling.
        Sid      = "ServiceRoles"
        Effect   = "Allow"
        Action   = ["iam:CreateServiceLinkedRole"]
        Resource = "arn:${local.partition}:iam::${local.account}:role/aws-service-role/*"
      },
    ]
  })
}

# Looks at how things are set up, and at nobody's audio, jobs or messages.
resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.this["plan"].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/job-function/ViewOnlyAccess"
}

resource "aws_iam_role_policy" "plan" {
  name = "state"
  role = aws_iam_role.this["plan"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetObject"]
        Resource = [aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]
      },
      {
        # What data sources ask.
        Sid      = "Sources"
        Effect   = "Allow"
        Action   = ["ec2:DescribeAvailabilityZones", "ec2:DescribeVpcEndpointServices"]
        Resource = "*"
      },
    ]
  })
}

resource "aws_s3_bucket" "state" {
  bucket = "wavefleet-state-${local.account}-${var.region}"
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

# A year back, and the last ten however old they are: what a state that went wrong is mended from.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "expire-old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = 365
      newer_noncurrent_versions = 10
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
    bucket_key_enabled = true
  }
}
