# The only door: HTTPS, and plain HTTP only where somebody says so. Signing in and a web ACL are yours to choose.

locals {
  # In front of the API when people have to sign in; without it the API is all there is.
  sign_in_actions = var.sign_in[*]
}

resource "aws_lb" "api" {
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  subnets            = [for subnet in values(aws_subnet.public) : subnet.id]
  security_groups    = [aws_security_group.this["alb"].id]

  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  # Above the 15 s between heartbeats of an event stream, below the 65 s for which the API keeps connections: the
  # side that closes first must not be the one that is about to be reused.
  idle_timeout = 60

  dynamic "access_logs" {
    for_each = aws_s3_bucket.logs

    content {
      bucket  = access_logs.value.id
      prefix  = "load-balancer"
      enabled = true
    }
  }

  # The balancer tries at once whether it may write there.
  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_target_group" "api" {
  # Its port or protocol cannot be changed while a listener uses it. AWS allows six characters.
  name_prefix          = "wfapi-"
  vpc_id               = aws_vpc.this.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.api_port
  deregistration_delay = var.deregistration_delay_seconds
  # Requests differ from a poll to an upload: the task with the fewest open ones is the least busy.
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Every version of the page has files of its own names: during a deployment a browser must stay with one task.
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
  }

  # Liveness, not /api/health: an outage of S3 must not take every task out of service.
  health_check {
    path                = "/api/health/live"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = { Name = "${local.name}-api" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.api.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = var.certificate_arn == null ? "forward" : "redirect"
    target_group_arn = var.certificate_arn == null ? aws_lb_target_group.api.arn : null

    dynamic "redirect" {
      for_each = var.certificate_arn[*]

      content {
        port        = "443"
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  for_each = toset(var.certificate_arn[*])

  load_balancer_arn = aws_lb.api.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = each.value
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  # Browsers that were here once ask for HTTPS by themselves, for a year.
  routing_http_response_strict_transport_security_header_value = "max-age=31536000"

  dynamic "default_action" {
    for_each = local.sign_in_actions

    content {
      type  = "authenticate-cognito"
      order = 1

      authenticate_cognito {
        user_pool_arn       = default_action.value.user_pool_arn
        user_pool_client_id = default_action.value.user_pool_client_id
        user_pool_domain    = default_action.value.user_pool_domain
        session_timeout     = 43200
      }
    }
  }

  default_action {
    type             = "forward"
    order            = length(local.sign_in_actions) + 1
    target_group_arn = aws_lb_target_group.api.arn
  }
}

# A web ACL of yours, or one of ours that only counts requests: the managed rules of AWS refuse bodies above 8 KiB.
resource "aws_wafv2_web_acl" "rate" {
  count = var.requests_per_address == null ? 0 : 1

  name        = local.name
  description = "Refuses addresses that ask too often"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.requests_per_address
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${local.name}-rate"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "api" {
  for_each = var.web_acl_arn != null ? { yours = var.web_acl_arn } : var.requests_per_address != null ? { ours = aws_wafv2_web_acl.rate[0].arn } : {}

  resource_arn = aws_lb.api.arn
  web_acl_arn  = each.value
}
