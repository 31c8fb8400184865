# Zones, endpoints, security groups, and the door.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment    = "test"
  ingress_cidrs  = ["198.51.100.0/24"]
  image_versions = { api = "1.2.3", worker = "1.2.3" }
  # Trials; what is refused without them is in network, people and scaling.
  allow_plain_http = true
  silent_alarms    = true
  auth             = "off"
}

run "defaults" {
  command = plan

  assert {
    condition = alltrue([
      { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { us-east-1a = "10.40.0.0/24", us-east-1b = "10.40.1.0/24" },
      { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { us-east-1a = "10.40.16.0/20", us-east-1b = "10.40.32.0/20" },
    ])
    error_message = "Two zones, a public and a private subnet in each."
  }

  assert {
    condition     = keys(aws_vpc_endpoint.gateway) == ["dynamodb", "s3"] && toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "events", "logs", "secretsmanager", "sqs"])
    error_message = "Everything that tasks call has its endpoint."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0 && length(aws_vpc_security_group_egress_rule.internet) == 0
    error_message = "By default nothing but the load balancer touches the internet."
  }

  assert {
    condition = alltrue([for endpoint in values(aws_vpc_endpoint.interface) : alltrue([
      for statement in jsondecode(endpoint.policy).Statement : statement.Condition == {
        StringEquals         = { "aws:PrincipalAccount" = "111122223333" }
        StringEqualsIfExists = { "aws:ResourceAccount" = "111122223333" }
      }
    ])])
    error_message = "Through our endpoints our account calls what is our account's."
  }

  assert {
    condition = { for name, rule in aws_vpc_security_group_ingress_rule.public : name => rule.from_port } == {
      "198.51.100.0/24-80" = 80
    }
    error_message = "Only ingress_cidrs reach the load balancer."
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_egress_rule.flow : name => rule.from_port } == { for name, rule in aws_vpc_security_group_ingress_rule.flow : name => rule.from_port } && keys(aws_vpc_security_group_egress_rule.flow) == ["alb-api", "api-endpoints", "api-redis", "notifier-endpoints", "worker-endpoints", "worker-redis"]
    error_message = "Each flow leaves one group and enters another; there is no other."
  }

  assert {
    condition = alltrue(concat(
      [for rule in values(aws_vpc_security_group_egress_rule.flow) : rule.cidr_ipv4 == null && rule.from_port == rule.to_port && rule.ip_protocol == "tcp"],
      [for rule in values(aws_vpc_security_group_egress_rule.gateway) : rule.prefix_list_id != null && rule.cidr_ipv4 == null && rule.from_port == 443],
    ))
    error_message = "Tasks reach groups and AWS's own address lists, never ranges of addresses."
  }

  assert {
    condition = alltrue([
      aws_lb_listener.http.default_action[0].type == "forward",
      length(aws_lb_listener.https) == 0,
      output.api_url == "http://wavefleet.elb.example",
    ])
    error_message = "Without a certificate HTTP is served, not redirected."
  }

  assert {
    condition = alltrue([
      aws_lb.api.drop_invalid_header_fields,
      aws_lb.api.enable_deletion_protection,
      aws_lb.api.idle_timeout > 15 && aws_lb.api.idle_timeout < 65,
      aws_lb_target_group.api.health_check[0].path == "/api/health/live",
      aws_lb_target_group.api.target_type == "ip",
    ])
    error_message = "The load balancer outwaits heartbeats (15 s) and is outwaited by the API (65 s); it asks for liveness."
  }
}

run "https" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    domain_name     = "audio.example.com"
  }

  assert {
    condition = alltrue([
      aws_lb_listener.http.default_action[0].type == "redirect",
      aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301",
      one(values(aws_lb_listener.https)).port == 443,
      one(values(aws_lb_listener.https)).default_action[0].type == "forward",
      one(values(aws_lb_listener.https)).routing_http_response_strict_transport_security_header_value == "max-age=31536000",
      keys(aws_vpc_security_group_ingress_rule.public) == ["198.51.100.0/24-443", "198.51.100.0/24-80"],
      output.api_url == "https://audio.example.com",
    ])
    error_message = "With a certificate HTTPS is served and HTTP only leads there."
  }
}

run "sign_in_and_rate" {
  command = plan

  variables {
    certificate_arn      = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    domain_name          = "audio.example.com"
    requests_per_address = 2000
    sign_in = {
      user_pool_arn       = "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_1"
      user_pool_client_id = "client"
      user_pool_domain    = "people"
    }
  }

  assert {
    condition     = [for action in one(values(aws_lb_listener.https)).default_action : "${action.order} ${action.type}"] == ["1 authenticate-cognito", "2 forward"]
    error_message = "People sign in before anything reaches the API."
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.internet) == ["alb"]
    error_message = "The load balancer may ask the user pool, and nobody else the internet."
  }

  assert {
    condition     = aws_wafv2_web_acl.rate[0].rule != null && aws_wafv2_web_acl_association.api["ours"].web_acl_arn == aws_wafv2_web_acl.rate[0].arn
    error_message = "A limit for each address makes a web ACL."
  }
}

run "traffic_logs" {
  command = plan

  variables {
    traffic_logs = true
  }

  assert {
    condition = { for statement in jsondecode(aws_s3_bucket_policy.logs["logs"].policy).Statement : statement.Sid => try(statement.Principal.Service, "*") } == {
      DenyWithoutTls = "*"
      LoadBalancer   = "logdelivery.elasticloadbalancing.amazonaws.com"
      Bucket         = "logging.s3.amazonaws.com"
      Flows          = "delivery.logs.amazonaws.com"
      FlowsLook      = "delivery.logs.amazonaws.com"
    } && alltrue([for statement in jsondecode(aws_s3_bucket_policy.logs["logs"].policy).Statement : can(statement.Condition.ArnLike) || statement.Effect == "Deny"])
    error_message = "Each writer of logs writes on behalf of what is ours, and nobody reads."
  }

  assert {
    condition     = aws_lb.api.access_logs[0].enabled && aws_s3_bucket_logging.audio["logs"].target_prefix == "bucket/" && aws_flow_log.this["logs"].traffic_type == "REJECT"
    error_message = "Load balancer, bucket and VPC write there."
  }
}

run "public_tasks" {
  command = plan

  variables {
    interface_endpoints     = false
    tasks_in_public_subnets = true
  }

  assert {
    condition = alltrue([for service in [module.api.service, module.worker.service] :
      service.network_configuration[0].assign_public_ip
    ]) && length(aws_vpc_endpoint.interface) == 0 && length(aws_nat_gateway.this) == 0
    error_message = "Tasks with addresses of their own need neither endpoints nor NAT."
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.public) == ["198.51.100.0/24-80"] && keys(aws_vpc_security_group_egress_rule.internet) == ["api", "notifier", "worker"]
    error_message = "Nobody reaches them but the load balancer."
  }
}

run "too_few_zones" {
  command = plan

  variables {
    zone_count = 5
  }

  expect_failures = [aws_vpc.this]
}

run "refused_plain_http" {
  command = plan

  variables {
    allow_plain_http = false
  }

  expect_failures = [var.certificate_arn]
}

run "refused_names" {
  command = plan

  variables {
    environment          = "dev-"
    availability_zones   = ["us-east-1a"]
    web_acl_arn          = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/yours/1"
    requests_per_address = 2000
  }

  expect_failures = [var.environment, var.availability_zones, var.requests_per_address]
}

run "refused_double_hyphen" {
  command = plan

  variables {
    environment = "a--b"
  }

  expect_failures = [var.environment]
}

run "nat" {
  command = plan

  variables {
    zone_count          = 3
    nat_gateways        = 1
    interface_endpoints = false
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_vpc_endpoint.gateway) == 2
    error_message = "NAT can take the interfaces' place; S3 and DynamoDB keep their gateways."
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a"] && length(aws_route.nat) == 3 && keys(aws_vpc_security_group_egress_rule.internet) == ["api", "notifier", "worker"]
    error_message = "One NAT gateway serves every zone."
  }
}

run "refused_values" {
  command = plan

  variables {
    ingress_cidrs                = ["everybody"]
    vpc_cidr                     = "10.0.0.0/24"
    zone_count                   = 1
    certificate_arn              = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    deregistration_delay_seconds = 4000
  }

  expect_failures = [
    var.ingress_cidrs, var.vpc_cidr, var.zone_count, var.domain_name, var.deregistration_delay_seconds,
  ]
}

run "refused_gateways" {
  command = plan

  variables {
    zone_count   = 3
    nat_gateways = 2
  }

  expect_failures = [var.nat_gateways]
}

run "refused_isolation" {
  command = plan

  variables {
    interface_endpoints = false
  }

  expect_failures = [var.interface_endpoints]
}
