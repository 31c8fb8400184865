# The only door: HTTPS when there is a certificate, plain HTTP for trials.

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
}

resource "aws_lb_target_group" "api" {
  name                 = "${local.name}-api"
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

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}
