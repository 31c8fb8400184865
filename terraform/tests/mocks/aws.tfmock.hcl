# What the provider would only know from AWS, in the shapes that it checks.

mock_data "aws_availability_zones" {
  defaults = {
    names = ["us-east-1c", "us-east-1a", "us-east-1d", "us-east-1b"]
  }
}

mock_data "aws_vpc_endpoint_service" {
  defaults = {
    availability_zones = ["us-east-1a", "us-east-1b", "us-east-1d"]
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "111122223333"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::audio"
  }
}

mock_resource "aws_dynamodb_table" {
  defaults = {
    arn = "arn:aws:dynamodb:us-east-1:111122223333:table/some"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:us-east-1:111122223333:some"
    url = "https://sqs.us-east-1.amazonaws.com/111122223333/some"
  }
}

mock_resource "aws_cloudwatch_event_bus" {
  defaults = {
    arn = "arn:aws:events:us-east-1:111122223333:event-bus/wavefleet"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = {
    arn = "arn:aws:events:us-east-1:111122223333:rule/wavefleet/outcomes"
  }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/wavefleet/1"
    arn_suffix = "app/wavefleet/1"
    dns_name   = "wavefleet.elb.example"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/api/2"
    arn_suffix = "targetgroup/api/2"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/some"
  }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-east-1:111122223333:repository/some"
    repository_url = "111122223333.dkr.ecr.us-east-1.amazonaws.com/some"
  }
}

mock_resource "aws_ecs_cluster" {
  defaults = {
    arn = "arn:aws:ecs:us-east-1:111122223333:cluster/some"
  }
}

mock_resource "aws_ecs_task_definition" {
  defaults = {
    arn = "arn:aws:ecs:us-east-1:111122223333:task-definition/some:1"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:some"
  }
}

mock_resource "aws_appautoscaling_policy" {
  defaults = {
    arn = "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:some"
  }
}

mock_resource "aws_elasticache_replication_group" {
  defaults = {
    primary_endpoint_address = "redis.example"
    arn                      = "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:some"
  }
}

mock_resource "aws_elasticache_user" {
  defaults = {
    arn = "arn:aws:elasticache:us-east-1:111122223333:user:some"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:us-east-1:111122223333:made"
  }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = {
    arn = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/made/1"
  }
}

mock_resource "aws_vpc_endpoint" {
  defaults = {
    prefix_list_id = "pl-1"
  }
}
