# Who may talk to whom, and nothing besides: each arrow is a rule at both of its ends.

locals {
  groups = {
    alb       = "The load balancer: from the allowed ranges, to the API"
    api       = "API tasks: from the load balancer, to Redis and AWS"
    worker    = "Worker tasks: from nobody, to Redis and AWS"
    notifier  = "Notifier tasks: from nobody, to AWS and to webhooks"
    endpoints = "Interface endpoints: from the tasks"
    redis     = "Redis: from the tasks"
  }

  api_port   = 3000
  redis_port = 6379

  # from → to, port
  flows = {
    "alb-api"            = { from = "alb", to = "api", port = local.api_port }
    "api-redis"          = { from = "api", to = "redis", port = local.redis_port }
    "api-endpoints"      = { from = "api", to = "endpoints", port = 443 }
    "worker-redis"       = { from = "worker", to = "redis", port = local.redis_port }
    "notifier-endpoints" = { from = "notifier", to = "endpoints", port = 443 }
    "worker-endpoints"   = { from = "worker", to = "endpoints", port = 443 }
  }

  public_ports = var.certificate_arn == null ? [80] : [80, 443]
  public_entries = {
    for pair in setproduct(var.ingress_cidrs, local.public_ports) : "${pair[0]}-${pair[1]}" => { cidr = pair[0], port = pair[1] }
  }

  gateway_flows = {
    for pair in setproduct(["api", "worker", "notifier"], ["s3", "dynamodb"]) : "${pair[0]}-${pair[1]}" => { from = pair[0], service = pair[1] }
  }
}

resource "aws_security_group" "this" {
  for_each = local.groups

  # A group that has to be made anew stands beside the old one until nobody uses that.
  name_prefix = "${local.name}-${each.key}-"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "public" {
  for_each = local.public_entries

  security_group_id = aws_security_group.this["alb"].id
  description       = "People"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  description                  = "To ${each.value.to}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  description                  = "From ${each.value.from}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# Gateway endpoints have no group of their own: S3 and DynamoDB are known by AWS's lists of their addresses.
resource "aws_vpc_security_group_egress_rule" "gateway" {
  for_each = local.gateway_flows

  security_group_id = aws_security_group.this[each.value.from].id
  prefix_list_id    = aws_vpc_endpoint.gateway[each.value.service].prefix_list_id
  description       = "To ${each.value.service}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Only with NAT gateways or addresses of their own is there an internet to reach. The load balancer asks it who signs in.
resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = setunion(
    var.nat_gateways > 0 || var.tasks_in_public_subnets ? ["api", "worker", "notifier"] : [],
    var.sign_in == null ? [] : ["alb"],
  )

  security_group_id = aws_security_group.this[each.key].id
  description       = "To the internet"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "mail" {
  count = length(local.mail_secrets)

  security_group_id = aws_security_group.this["notifier"].id
  description       = "To a mail server"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = var.mail.smtp_port
  to_port           = var.mail.smtp_port
}
