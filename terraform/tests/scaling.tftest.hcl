# How many tasks run, and who hears when too few do.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment    = "test"
  ingress_cidrs  = ["198.51.100.0/24"]
  image_versions = { api = "1.2.3", worker = "1.2.3" }
}

run "backlog" {
  variables {
    target_latency_seconds  = 90
    mean_job_seconds        = 30
    worker                  = { cpu = 2048, memory = 4096, min_tasks = 2, max_tasks = 40 }
    worker_cooldown_seconds = { out = 45, in = 600 }
  }

  assert {
    condition = alltrue([
      aws_appautoscaling_target.this["worker"].min_capacity == 2,
      aws_appautoscaling_target.this["worker"].max_capacity == 40,
      aws_appautoscaling_target.this["worker"].resource_id == "service/wavefleet-test/worker",
    ])
    error_message = "Workers are between min_tasks and max_tasks."
  }

  assert {
    condition = alltrue([for policy in values(aws_appautoscaling_policy.worker)[*].target_tracking_scaling_policy_configuration[0] : alltrue([
      policy.target_value == 6,
      policy.scale_out_cooldown == 45,
      policy.scale_in_cooldown == 600,
    ])])
    error_message = "90 s / 30 s × 2 at once = 6 waiting jobs for each worker."
  }

  assert {
    condition = { for metric in values(aws_appautoscaling_policy.worker)[0].target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics : metric.id => coalesce(metric.expression, try(metric.metric_stat[0].metric[0].metric_name, "")) } == {
      jobs    = "FILL(visible, 0) / IF(FILL(running, 0) > 1, FILL(running, 0), 1)"
      visible = "ApproximateNumberOfMessagesVisible"
      running = "RunningTaskCount"
    }
    error_message = "What is tracked is waiting jobs by running tasks, and never divides by zero."
  }

  assert {
    condition     = length(aws_appautoscaling_policy.first_worker) == 0 && keys(aws_cloudwatch_metric_alarm.work_without_worker) == ["no-worker"]
    error_message = "A fleet that never is at zero needs nobody to start the first worker."
  }

  assert {
    condition     = aws_appautoscaling_policy.api_requests["api"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == "app/wavefleet/1/targetgroup/api/2" && aws_appautoscaling_policy.api_cpu["api"].target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "The API follows its processor use and its requests."
  }
}

run "load" {
  command = plan

  variables {
    worker_metric          = "load"
    target_latency_seconds = 90
    mean_job_seconds       = 30
    worker                 = { cpu = 2048, memory = 4096 }
  }

  assert {
    condition     = values(aws_appautoscaling_policy.worker)[0].target_tracking_scaling_policy_configuration[0].target_value == 1.6
    error_message = "Four fifths of two slots."
  }

  assert {
    condition = { for metric in values(aws_appautoscaling_policy.worker)[0].target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics : metric.id => coalesce(metric.expression, try(metric.metric_stat[0].metric[0].metric_name, "")) } == {
      jobs     = "(FILL(inflight, 0) + FILL(visible, 0) * 30 / 90) / IF(FILL(running, 0) > 1, FILL(running, 0), 1)"
      inflight = "ApproximateNumberOfMessagesNotVisible"
      visible  = "ApproximateNumberOfMessagesVisible"
      running  = "RunningTaskCount"
    }
    error_message = "Running jobs count, and waiting ones by how soon they are wanted."
  }
}

run "from_zero" {
  # Of its own: an existing service keeps the number that autoscaling gave it.
  state_key = "from_zero"

  variables {
    worker = { min_tasks = 0, max_tasks = 5 }
  }

  assert {
    condition     = aws_appautoscaling_target.this["worker"].min_capacity == 0 && module.worker.service.desired_count == 0
    error_message = "Without work no worker runs."
  }

  assert {
    condition = alltrue([
      aws_appautoscaling_policy.first_worker["worker"].step_scaling_policy_configuration[0].adjustment_type == "ExactCapacity",
      one(aws_appautoscaling_policy.first_worker["worker"].step_scaling_policy_configuration[0].step_adjustment).scaling_adjustment == 1,
      aws_cloudwatch_metric_alarm.work_without_worker["first-worker"].alarm_actions == toset([aws_appautoscaling_policy.first_worker["worker"].arn]),
      aws_cloudwatch_metric_alarm.work_without_worker["first-worker"].evaluation_periods == 1,
    ])
    error_message = "The first waiting job or drop starts one worker."
  }

  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.work_without_worker["first-worker"].metric_query : query.expression if query.expression != null]) == "IF(FILL(jobs, 0) + FILL(drops, 0) > 0 AND FILL(running, 0) < 1, 1, 0)"
    error_message = "Jobs and drops count; with a worker running nothing more is started."
  }
}

run "switched_off" {
  variables {
    enable_autoscaling = false
    container_insights = "disabled"
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) + length(aws_appautoscaling_policy.worker) + length(aws_appautoscaling_policy.api_cpu) + length(aws_appautoscaling_policy.api_requests) + length(aws_appautoscaling_policy.first_worker) == 0
    error_message = "enable_autoscaling = false leaves nothing of it."
  }
}

run "alarms" {
  variables {
    alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:alarms"
    redis           = { replicas = 1 }
  }

  assert {
    condition = alltrue([for name in [
      "oldest-job", "balancer-errors", "api-errors", "api-slow", "api-cpu", "api-memory", "worker-cpu", "worker-memory",
      "misconfigured",
      "dead-letter-jobs", "dead-letter-drops", "dead-letter-events", "redis-evictions-2", "redis-enginecpuutilization-1",
    ] : contains(keys(aws_cloudwatch_metric_alarm.this), name)])
    error_message = "There is an alarm for each thing that goes wrong."
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.this), [aws_cloudwatch_metric_alarm.work_without_worker["no-worker"]]) : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:111122223333:alarms"])])
    error_message = "Every alarm goes to the topic."
  }

  assert {
    condition = alltrue([for filter in values(aws_cloudwatch_log_metric_filter.this) : length(filter.metric_transformation) == 1]) && alltrue([
      for service in ["api", "worker"] : aws_cloudwatch_log_metric_filter.this["${service}-aws.misconfigured"].metric_transformation[0].name == aws_cloudwatch_metric_alarm.this["misconfigured"].metric_name
      && aws_cloudwatch_log_metric_filter.this["${service}-aws.misconfigured"].metric_transformation[0].namespace == aws_cloudwatch_metric_alarm.this["misconfigured"].namespace
    ])
    error_message = "What the logs count is what the alarm looks at."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["api-slow"].extended_statistic == "p95" && aws_cloudwatch_metric_alarm.this["api-slow"].statistic == null
    error_message = "Latency is looked at by its 95th percentile."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 8
    error_message = "One page shows it all."
  }
}

run "refused_values" {
  command = plan

  variables {
    target_latency_seconds         = 0
    mean_job_seconds               = 0
    api_target_cpu_percent         = 101
    api_target_requests_per_minute = 0
    alarm_topic_arn                = "alarms"
    worker_cooldown_seconds        = { in = -1 }
    worker_metric                  = "cpu"
    target_fill                    = 2
  }

  expect_failures = [
    var.target_latency_seconds, var.mean_job_seconds, var.api_target_cpu_percent, var.api_target_requests_per_minute, var.alarm_topic_arn, var.worker_cooldown_seconds, var.worker_metric, var.target_fill,
  ]
}
