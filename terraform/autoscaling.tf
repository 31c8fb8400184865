# How many tasks run. The API follows its processor use and its requests; the workers follow the jobs queue, by one
# of two metrics:
#
# backlog: a worker may have as many waiting jobs as it gets through within the wanted latency, that is
#          target_latency_seconds / mean_job_seconds × concurrency (AWS: "Scaling policy based on Amazon SQS").
# load:    running jobs, and the slots that would get through the waiting ones within that latency, for each worker
#          should fill target_fill of its slots. Unlike the backlog alone it does not call a fleet idle that just
#          keeps up.

locals {
  scaled = var.enable_autoscaling ? {
    api    = { service = module.api.service_name, min = var.api.min_tasks, max = var.api.max_tasks }
    worker = { service = module.worker.service_name, min = var.worker.min_tasks, max = var.worker.max_tasks }
  } : {}
  scaled_api    = { for service, bounds in local.scaled : service => bounds if service == "api" }
  scaled_worker = { for service, bounds in local.scaled : service => bounds if service == "worker" }
  # Target tracking multiplies what runs, and so never gets away from zero.
  from_zero = { for service, bounds in local.scaled_worker : service => bounds if bounds.min == 0 }

  # Metrics of the queues and of the workers, under the names that the expressions below use.
  visible_jobs = {
    metric_name = "ApproximateNumberOfMessagesVisible"
    namespace   = "AWS/SQS"
    stat        = "Average"
    dimensions  = { QueueName = aws_sqs_queue.this["jobs"].name }
  }
  running_jobs  = merge(local.visible_jobs, { metric_name = "ApproximateNumberOfMessagesNotVisible" })
  visible_drops = merge(local.visible_jobs, { dimensions = { QueueName = aws_sqs_queue.this["drops"].name } })
  running_workers = {
    metric_name = "RunningTaskCount"
    namespace   = "ECS/ContainerInsights"
    stat        = "Average"
    dimensions  = { ClusterName = aws_ecs_cluster.this.name, ServiceName = module.worker.service_name }
  }

  # Metrics that nobody reported count as 0. Without a running task every waiting job counts in full.
  workers = "IF(FILL(running, 0) > 1, FILL(running, 0), 1)"
  worker_metric = {
    backlog = {
      label      = "Waiting jobs per worker"
      expression = "FILL(visible, 0) / ${local.workers}"
      metrics    = { visible = local.visible_jobs, running = local.running_workers }
      target     = var.target_latency_seconds / var.mean_job_seconds * local.worker_concurrency
    }
    load = {
      label      = "Jobs per worker that run or should"
      expression = "(FILL(inflight, 0) + FILL(visible, 0) * ${var.mean_job_seconds} / ${var.target_latency_seconds}) / ${local.workers}"
      metrics    = { visible = local.visible_jobs, running = local.running_workers, inflight = local.running_jobs }
      target     = var.target_fill * local.worker_concurrency
    }
  }[var.worker_metric]

  # Drops too: a worker turns them into jobs, and without one nobody would.
  work_without_worker = "IF(FILL(jobs, 0) + FILL(drops, 0) > 0 AND FILL(running, 0) < 1, 1, 0)"
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

  name               = var.worker_metric
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = local.worker_metric.target
    scale_out_cooldown = var.worker_cooldown_seconds.out
    scale_in_cooldown  = var.worker_cooldown_seconds.in

    customized_metric_specification {
      metrics {
        id          = "jobs"
        label       = local.worker_metric.label
        expression  = local.worker_metric.expression
        return_data = true
      }

      dynamic "metrics" {
        for_each = local.worker_metric.metrics

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = metrics.value.stat

            metric {
              namespace   = metrics.value.namespace
              metric_name = metrics.value.metric_name

              dynamic "dimensions" {
                for_each = metrics.value.dimensions

                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "first_worker" {
  for_each = local.from_zero

  name               = "first-worker"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ExactCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = var.worker_cooldown_seconds.out

    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
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
