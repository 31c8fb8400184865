# What somebody should hear of. All go to one topic, and again when they end.

locals {
  alarm_actions = var.alarm_topic_arn[*]
  limits        = var.alarm_thresholds

  balancer = { LoadBalancer = aws_lb.api.arn_suffix }
  target   = { LoadBalancer = aws_lb.api.arn_suffix, TargetGroup = aws_lb_target_group.api.arn_suffix }
  services = { api = module.api.service_name, worker = module.worker.service_name }
  # ElastiCache numbers a group's members from 001.
  redis_members = [for place in range(1, 2 + var.redis.replicas) : format("%s-%03d", aws_elasticache_replication_group.this.id, place)]
  redis_places  = range(1, 2 + var.redis.replicas)

  alarms = merge(
    {
      "oldest-job" = {
        about      = "A job waits longer than it should: too few workers, or none that can work."
        namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", stat = "Maximum", period = 60, periods = 5
        dimensions = { QueueName = aws_sqs_queue.this["jobs"].name }, above = local.limits.oldest_job_seconds
      }
      "balancer-errors" = {
        about      = "The load balancer answers 5xx itself: no healthy API task, or one that breaks off."
        namespace  = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", stat = "Sum", period = 300, periods = 1
        dimensions = local.balancer, above = local.limits.errors_per_5_minutes
      }
      "api-errors" = {
        about      = "The API answers 5xx: look for the requestId in its log."
        namespace  = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", stat = "Sum", period = 300, periods = 1
        dimensions = local.target, above = local.limits.errors_per_5_minutes
      }
      "api-slow" = {
        about      = "One request in twenty waits long for its answer."
        namespace  = "AWS/ApplicationELB", metric = "TargetResponseTime", stat = "p95", period = 300, periods = 3
        dimensions = local.target, above = local.limits.p95_seconds
      }
      "api-cpu" = {
        about      = "API tasks are busy although there should be more of them by now."
        namespace  = "AWS/ECS", metric = "CPUUtilization", stat = "Average", period = 300, periods = 3
        dimensions = { ClusterName = aws_ecs_cluster.this.name, ServiceName = local.services.api }, above = local.limits.api_cpu_percent
      }
      "misconfigured" = {
        about      = "AWS does not let a service do what it must, or what it needs is not there: the log says what, with the fix."
        namespace  = local.log_namespace, metric = "Misconfigured", stat = "Sum", period = 300, periods = 1
        dimensions = {}, above = 0
      }
      "worker-cpu" = {
        about      = "Workers have been at their limit for half an hour: jobs need more of them or larger ones."
        namespace  = "AWS/ECS", metric = "CPUUtilization", stat = "Average", period = 300, periods = 6
        dimensions = { ClusterName = aws_ecs_cluster.this.name, ServiceName = local.services.worker }, above = local.limits.worker_cpu_percent
      }
    },
    { for id, queue in aws_sqs_queue.dead_letter : "dead-letter-${id}" => {
      about      = "Messages that nobody could handle: look at them, then redrive or delete them."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Maximum", period = 60, periods = 1
      dimensions = { QueueName = queue.name }, above = 0
    } },
    { for id, service in local.services : "${id}-memory" => {
      about      = "Tasks of ${id} are about to be killed for their memory."
      namespace  = "AWS/ECS", metric = "MemoryUtilization", stat = "Maximum", period = 300, periods = 2
      dimensions = { ClusterName = aws_ecs_cluster.this.name, ServiceName = service }, above = local.limits.memory_percent
    } },
    merge([for place in local.redis_places : {
      for metric, about in {
        EngineCPUUtilization          = "Redis is busy: progress gets coarser."
        DatabaseMemoryUsagePercentage = "Redis is filling up."
        Evictions                     = "Redis drops progress before its hour is over: a larger node type helps."
      } :
      "redis-${lower(metric)}-${place}" => {
        about      = about
        namespace  = "AWS/ElastiCache", metric = metric, stat = metric == "Evictions" ? "Sum" : "Average", period = 300, periods = 2
        dimensions = { CacheClusterId = local.redis_members[place - 1] }, above = metric == "Evictions" ? 0 : local.limits.redis_percent
      }
    }]...),
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.stat, "p") ? null : each.value.stat
  extended_statistic  = startswith(each.value.stat, "p") ? each.value.stat : null
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

# Work waits and no worker runs. Scaled to zero that is how the first one is started, so people hear of it only when it
# lasts longer than a task needs to start.
resource "aws_cloudwatch_metric_alarm" "work_without_worker" {
  for_each = merge(
    {
      "no-worker" = {
        about   = "Work waits and no worker runs: read the service's events in ECS."
        minutes = local.limits.minutes_without_a_run, actions = local.alarm_actions, ok_actions = local.alarm_actions
      }
    },
    { for service in keys(local.from_zero) : "first-worker" => {
      about   = "Work waits and no worker runs: starts one. Expected whenever the fleet was at zero."
      minutes = 1, actions = [aws_appautoscaling_policy.first_worker[service].arn], ok_actions = []
    } },
  )

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.about
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = each.value.minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = each.value.actions
  ok_actions          = each.value.ok_actions

  metric_query {
    id          = "work"
    label       = "Work without a worker"
    expression  = local.work_without_worker
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { jobs = local.visible_jobs, drops = local.visible_drops, running = local.running_workers }

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric_name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = 60
      }
    }
  }
}
