# How many tasks run, and who hears when too few do.

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

run "load" {
  command = plan

  variables {
    target_latency_seconds  = 90
    mean_job_seconds        = 30
    target_fill             = 0.7
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
      policy.target_value == 0.7,
      policy.scale_out_cooldown == 45,
      policy.scale_in_cooldown == 600,
    ])])
    error_message = "Slots are seven tenths full, whatever a task's size."
  }

  assert {
    condition = alltrue([for metric in values(aws_appautoscaling_policy.worker)[*].target_tracking_scaling_policy_configuration[0].customized_metric_specification[0] : alltrue([
      metric.namespace == "wavefleet/test", metric.metric_name == "DesiredLoad", metric.statistic == "Average",
      length(metric.dimensions) == 0, length(metric.metrics) == 0,
    ])])
    error_message = "What is tracked is one metric of one moment, and no expression."
  }

  assert {
    condition = { for variable in jsondecode(module.api.container_definitions)[0].environment : variable.name => variable.value if contains(["METRICS_NAMESPACE", "TARGET_LATENCY_SECONDS", "MEAN_JOB_SECONDS"], variable.name) } == {
      METRICS_NAMESPACE      = "wavefleet/test"
      TARGET_LATENCY_SECONDS = "90"
      MEAN_JOB_SECONDS       = "30"
    }
    error_message = "The API publishes it, under the name that the policy reads, by the variables' figures."
  }

  assert {
    condition     = length(aws_appautoscaling_policy.first_worker) == 0 && length(aws_cloudwatch_metric_alarm.first_worker) == 0
    error_message = "A fleet that never is at zero needs nobody to start the first worker."
  }

  assert {
    condition     = aws_appautoscaling_policy.api_requests["api"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == "app/wavefleet/1/targetgroup/api/2" && aws_appautoscaling_policy.api_cpu["api"].target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "The API follows its processor use and its requests."
  }
}

run "from_zero" {
  command = plan

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
      aws_appautoscaling_policy.first_worker["worker"].step_scaling_policy_configuration[0].adjustment_type == "ChangeInCapacity",
      one(aws_appautoscaling_policy.first_worker["worker"].step_scaling_policy_configuration[0].step_adjustment).scaling_adjustment == 1,
    ])
    error_message = "One worker more: a fleet that runs is never shrunk by it."
  }

  assert {
    condition = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.first_worker) : alltrue([
      alarm.namespace == "wavefleet/test" && alarm.metric_name == "StrandedBacklog" && alarm.threshold == 0,
      alarm.datapoints_to_alarm == 1 && alarm.evaluation_periods == 3,
      alarm.alarm_actions == toset([aws_appautoscaling_policy.first_worker["worker"].arn]),
    ])])
    error_message = "One datapoint of three with work and no worker starts it; a late one does not stop it."
  }
}

run "switched_off" {
  command = plan

  variables {
    enable_autoscaling = false
  }

  assert {
    condition     = length(aws_appautoscaling_target.this) + length(aws_appautoscaling_policy.worker) + length(aws_appautoscaling_policy.api_cpu) + length(aws_appautoscaling_policy.api_requests) + length(aws_appautoscaling_policy.first_worker) == 0
    error_message = "enable_autoscaling = false leaves nothing of it."
  }
}

run "alarms" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:us-east-1:111122223333:alarms"
    redis           = { replicas = 1 }
  }

  assert {
    condition = alltrue([for name in [
      "no-api", "events-late", "throttled-jobs-reads", "throttled-jobs-history-writes", "undelivered-wavefleet-job-outcomes", "oldest-waiting", "no-worker", "scaling-blind", "dead-letters", "balancer-errors", "api-errors", "api-slow", "api-cpu", "api-memory", "worker-cpu", "worker-memory",
      "misconfigured",
      "dead-letter-events", "redis-evictions-2", "redis-enginecpuutilization-1",
    ] : contains(keys(aws_cloudwatch_metric_alarm.this), name)])
    error_message = "There is an alarm for each thing that goes wrong."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:111122223333:alarms"])])
    error_message = "Every alarm goes to the topic."
  }

  # An alarm on dimensions that nothing is published under stays silent for ever. AWS, by service: "Application Load Balancer
  # metrics", "Amazon ECS CloudWatch metrics", "Available CloudWatch metrics for Amazon SQS", "DynamoDB metrics and
  # dimensions", "Monitoring Amazon EventBridge", "Metrics for Valkey and Redis OSS"; ours have no dimensions.
  assert {
    condition = toset([
      for alarm in values(aws_cloudwatch_metric_alarm.this) :
      "${alarm.namespace} ${alarm.metric_name} by ${join(",", sort(keys(coalesce(alarm.dimensions, {}))))}" if alarm.namespace != "wavefleet/test"
      ]) == toset([
      "AWS/ApplicationELB HTTPCode_ELB_5XX_Count by LoadBalancer",
      "AWS/ApplicationELB HTTPCode_Target_5XX_Count by LoadBalancer,TargetGroup",
      "AWS/ApplicationELB TargetResponseTime by LoadBalancer,TargetGroup",
      "AWS/ApplicationELB UnHealthyHostCount by LoadBalancer,TargetGroup",
      "AWS/DynamoDB ReadThrottleEvents by GlobalSecondaryIndexName,TableName",
      "AWS/DynamoDB ReadThrottleEvents by TableName",
      "AWS/DynamoDB WriteThrottleEvents by GlobalSecondaryIndexName,TableName",
      "AWS/DynamoDB WriteThrottleEvents by TableName",
      "AWS/ECS CPUUtilization by ClusterName,ServiceName",
      "AWS/ECS MemoryUtilization by ClusterName,ServiceName",
      "AWS/ElastiCache DatabaseMemoryUsagePercentage by CacheClusterId",
      "AWS/ElastiCache EngineCPUUtilization by CacheClusterId",
      "AWS/ElastiCache Evictions by CacheClusterId",
      "AWS/Events FailedInvocations by EventBusName,RuleName",
      "AWS/SQS ApproximateAgeOfOldestMessage by QueueName",
      "AWS/SQS ApproximateNumberOfMessagesVisible by QueueName",
    ])
    error_message = "Every alarm looks at a metric of AWS's by the dimensions under which AWS publishes it."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : length(coalesce(alarm.dimensions, {})) == 0 if alarm.namespace == "wavefleet/test"])
    error_message = "Metrics of the log have no dimensions."
  }

  assert {
    condition = toset([for name, alarm in aws_cloudwatch_metric_alarm.this : trimprefix(name, "throttled-") if startswith(name, "throttled-")]) == toset(flatten([
      for id, table in local.resources.tables : [for index in concat([""], table.indexes[*].name) : [for kind in ["reads", "writes"] : join("-", compact([id, index, kind]))]]
    ]))
    error_message = "Reads and writes of every table and of every index have an alarm."
  }

  assert {
    condition = alltrue([for filter in values(aws_cloudwatch_log_metric_filter.this) : length(filter.metric_transformation) == 1]) && alltrue([
      for service in ["api", "worker"] : aws_cloudwatch_log_metric_filter.this["${service}-aws.misconfigured"].metric_transformation[0].name == aws_cloudwatch_metric_alarm.this["misconfigured"].metric_name
      && aws_cloudwatch_log_metric_filter.this["${service}-aws.misconfigured"].metric_transformation[0].namespace == aws_cloudwatch_metric_alarm.this["misconfigured"].namespace
    ])
    error_message = "What the logs count is what the alarm looks at."
  }

  assert {
    condition = { for name in ["oldest-waiting", "no-worker", "dead-letters", "scaling-blind"] : name => join(" ", [
      aws_cloudwatch_metric_alarm.this[name].namespace, aws_cloudwatch_metric_alarm.this[name].metric_name,
      aws_cloudwatch_metric_alarm.this[name].datapoints_to_alarm, "of", aws_cloudwatch_metric_alarm.this[name].evaluation_periods,
      aws_cloudwatch_metric_alarm.this[name].treat_missing_data,
      ]) } == {
      "oldest-waiting" = "wavefleet/test OldestWaitingSeconds 3 of 5 missing"
      "no-worker"      = "wavefleet/test StrandedBacklog 8 of 10 missing"
      "dead-letters"   = "wavefleet/test DeadLetters 3 of 5 missing"
      "scaling-blind"  = "wavefleet/test RunningSlots 8 of 10 breaching"
    }
    error_message = "Alarms on work look at what the workers are scaled by, some datapoints of more; that nothing comes is an alarm itself."
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

run "emails" {
  command = plan

  variables {
    silent_alarms = false
    alarm_emails  = ["ops@example.com"]
  }

  assert {
    condition     = aws_sns_topic_subscription.alarms["ops@example.com"].protocol == "email" && alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:111122223333:made"])])
    error_message = "Addresses make a topic, and every alarm goes there."
  }
}

run "refused_silence" {
  command = plan

  variables {
    silent_alarms = false
  }

  expect_failures = [var.alarm_topic_arn]
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
    target_fill                    = 2
  }

  expect_failures = [
    var.target_latency_seconds, var.mean_job_seconds, var.api_target_cpu_percent, var.api_target_requests_per_minute, var.alarm_topic_arn, var.worker_cooldown_seconds, var.target_fill,
  ]
}
