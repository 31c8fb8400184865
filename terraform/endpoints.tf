# How the private subnets reach AWS: S3 and DynamoDB through gateways (free of charge, and where the bytes go), the
# rest through interfaces in every zone. No route to the internet is needed.

locals {
  # What tasks call themselves (sqs, events) and what Fargate needs to start them (images, logs, secrets).
  interface_endpoints = setunion(
    var.interface_endpoints ? ["sqs", "events", "ecr.api", "ecr.dkr", "logs", "secretsmanager"] : [],
    var.additional_interface_endpoints,
  )

  # Every action that any task has, by service: the gateways let nothing else through.
  granted_actions = distinct(flatten([for grants in values(local.task_actions) : values(grants)]))

  # Nobody else's credentials go through, and no way leads to anybody else's queues, bus or secrets. Calls that have no
  # resource (ecr:GetAuthorizationToken) have no account of one either.
  interface_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OursToOurs"
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = {
        StringEquals         = { "aws:PrincipalAccount" = local.account }
        StringEqualsIfExists = { "aws:ResourceAccount" = local.account }
      }
    }]
  })

  gateway_policies = {
    s3 = [
      {
        Sid       = "OurBucket"
        Effect    = "Allow"
        Principal = "*"
        Action    = [for action in local.granted_actions : action if startswith(action, "s3:")]
        Resource  = [aws_s3_bucket.audio.arn, "${aws_s3_bucket.audio.arn}/*"]
        Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } }
      },
      {
        # Image layers lie in a bucket of ECR's (AWS: "Amazon ECR interface VPC endpoints").
        Sid       = "ImageLayers"
        Effect    = "Allow"
        Principal = "*"
        Action    = ["s3:GetObject"]
        Resource  = ["arn:${local.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"]
      },
    ]
    dynamodb = [
      {
        Sid       = "OurTables"
        Effect    = "Allow"
        Principal = "*"
        Action    = [for action in local.granted_actions : action if startswith(action, "dynamodb:")]
        Resource  = flatten([for table in values(aws_dynamodb_table.this) : [table.arn, "${table.arn}/index/*"]])
        Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } }
      },
    ]
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = local.gateway_policies

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  route_table_ids   = concat([for table in values(aws_route_table.private) : table.id], var.tasks_in_public_subnets ? [aws_route_table.public.id] : [])
  policy            = jsonencode({ Version = "2012-10-17", Statement = each.value })

  tags = { Name = "${local.name}-${each.key}" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  subnet_ids          = [for subnet in values(aws_subnet.private) : subnet.id]
  security_group_ids  = [aws_security_group.this["endpoints"].id]
  private_dns_enabled = true
  # Of additional ones only the owner knows what goes through.
  policy = contains(var.additional_interface_endpoints, each.key) ? null : local.interface_policy

  tags = { Name = "${local.name}-${each.key}" }
}
