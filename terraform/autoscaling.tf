# How many tasks run. The API follows its processor use and its requests; the workers follow DesiredLoad, which the API
# publishes (api/src/load): slots that are busy, and slots that would get through the waiting jobs within
# target_latency_seconds, for each slot there is. It is computed at one moment, so that nothing here combines metrics
# that CloudWatch gets at different times (docs/decisions/016-one-load-metric.md).

locals {
  scaled = var.enable_autoscaling ? {
    api    = { service = module.api.service_name, min = var.api.min_tasks, max = var.api.max_tasks }
    worker = { service = module.worker.service_name, min = var.worker.min_tasks, max = var.worker.max_tasks }
  } : {}
  scaled_api    = { for service, bounds in local.scaled : service => bounds if service == "api" }
  scaled_worker = { for service, bounds in local.scaled : service => bounds if service == "worker" }
  # Target tracking multiplies what runs, and so never gets away from zero.
  from_zero = { for service, bounds in local.scaled_worker : service => bounds if bounds.min == 0 }
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${each.value.service}"
  min_capacity       = each.value.min
  max_capacity       = each.value.max
}

resource "aws_appautoscaling_policy" "worker" {
  for_each = local.scaled_worker

  name               = "load"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.target_fill
    scale_out_cooldown = var.worker_cooldown_seconds.out
    scale_in_cooldown  = var.worker_cooldown_seconds.in

    customized_metric_specification {
      namespace   = local.log_namespace
      metric_name = "DesiredLoad"
      statistic   = "Average"
    }
  }
}

# One more, whatever runs by then: it can start a fleet, and never shrink one.
resource "aws_appautoscaling_policy" "first_worker" {
  for_each = local.from_zero

  name               = "first-worker"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Maximum"
    # Outlasts a task's start: while that goes on, ECS replaces by itself what fails.
    cooldown = 600

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "first_worker" {
  for_each = local.from_zero

  alarm_name          = "${local.name}-first-worker"
  alarm_description   = "Work waits and no worker runs: starts one. Expected whenever the fleet was at zero."
  namespace           = local.log_namespace
  metric_name         = "StrandedBacklog"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"
  alarm_actions       = [aws_appautoscaling_policy.first_worker[each.key].arn]
}

resource "aws_appautoscaling_policy" "api_cpu" {
  for_each = local.scaled_api

  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.api_target_cpu_percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "api_requests" {
  for_each = local.scaled_api

  name               = "requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.api_target_requests_per_minute
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.api.arn_suffix}/${aws_lb_target_group.api.arn_suffix}"
    }
  }
}
