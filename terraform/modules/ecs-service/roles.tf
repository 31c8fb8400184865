# Two roles: what ECS needs to start a task (its image, its log, its secrets), and what the code in it may do.

locals {
  # Only ECS, and only for tasks of this account (AWS: "Confused deputy prevention").
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.fleet.account }
        ArnLike      = { "aws:SourceArn" = "arn:${var.fleet.partition}:ecs:${var.fleet.region}:${var.fleet.account}:*" }
      }
    }]
  })
}

resource "aws_iam_role" "execution" {
  name               = "${var.fleet.prefix}-${var.fleet.region}-${var.name}-execution"
  description        = "Starts ${var.name} tasks"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # The registry's login is the account's: IAM knows no resource for it (AWS: "Actions, resources, and
          # condition keys for Amazon ECR").
          Sid      = "Login"
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = "*"
        },
        {
          Sid      = "Image"
          Effect   = "Allow"
          Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = var.repository_arn
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.this.arn}:*"
        },
      ],
      length(var.secrets) == 0 ? [] : [{
        Sid    = "Secrets"
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue"]
        # What may follow an ARN says which key, stage and version of the secret: IAM knows the secret alone.
        Resource = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, 7))])
      }],
    )
  })
}

resource "aws_iam_role" "task" {
  name               = "${var.fleet.prefix}-${var.fleet.region}-${var.name}-task"
  description        = "The code in ${var.name} tasks"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "task" {
  name   = "calls"
  role   = aws_iam_role.task.id
  policy = var.task_policy
}
