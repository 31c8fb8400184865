# What somebody should hear of. All go to one topic, and again when they end.

locals {
  alarm_actions = concat(var.alarm_topic_arn[*], values(aws_sns_topic.alarms)[*].arn)
  limits        = var.alarm_thresholds

  balancer = { LoadBalancer = aws_lb.api.arn_suffix }
  target   = { LoadBalancer = aws_lb.api.arn_suffix, TargetGroup = aws_lb_target_group.api.arn_suffix }
  services = { api = module.api.service_name, worker = module.worker.service_name, notifier = module.notifier.service_name }
  # ElastiCache numbers a group's members from 001.
  redis_members = [for place in range(1, 2 + var.redis.replicas) : format("%s-%03d", aws_elasticache_replication_group.this.id, place)]
  redis_places  = range(1, 2 + var.redis.replicas)

  alarms = merge(
    {
      # Of DesiredLoad's own line: figures of one moment.
      "oldest-waiting" = {
        about      = "A job waits longer than it should: too few workers, or none that can work. Jobs at work do not count."
        namespace  = local.log_namespace, metric = "OldestWaitingSeconds", stat = "Maximum", period = 60, periods = 5, datapoints = 3
        dimensions = {}, above = local.limits.oldest_waiting_seconds, missing = "missing"
      }
      "no-worker" = {
        about      = "Work waits and no worker runs, for longer than a task takes to start: read the service's events in ECS."
        namespace  = local.log_namespace, metric = "StrandedBacklog", stat = "Average", period = 60
        periods    = local.limits.minutes_without_a_worker, datapoints = ceil(0.8 * local.limits.minutes_without_a_worker)
        dimensions = {}, above = 0, missing = "missing"
      }
      "dead-letters" = {
        about      = "Messages of jobs or drops that nobody could handle: npx wavefleet dlq list."
        namespace  = local.log_namespace, metric = "DeadLetters", stat = "Maximum", period = 60, periods = 5, datapoints = 3
        dimensions = {}, above = 0, missing = "missing"
      }
      # What never comes is never above anything: the missing datapoints are what alarms.
      "scaling-blind" = {
        about      = "Nobody says how many slots run, so nothing is scaled: no API runs, its log does not arrive, or Redis is away."
        namespace  = local.log_namespace, metric = "RunningSlots", stat = "SampleCount", period = 60, periods = 10, datapoints = 8
        dimensions = {}, above = 1000, missing = "breaching"
      }
      "no-api" = {
        about      = "API tasks do not answer the load balancer's question whether they live."
        namespace  = "AWS/ApplicationELB", metric = "UnHealthyHostCount", stat = "Maximum", period = 60, periods = 5, datapoints = 4
        dimensions = local.target, above = 0
      }
      "events-late" = {
        about      = "Nobody reads the outcomes in the events queue: what is four days old is dropped."
        namespace  = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", stat = "Maximum", period = 300, periods = 3
        dimensions = { QueueName = aws_sqs_queue.this["events"].name }, above = local.limits.oldest_event_seconds
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
    { for id in local.notifier_tasks > 0 ? ["webhooks-late"] : [] : id => {
      about      = "Webhooks wait for a notifier: none runs, or they are too many for it. Those that are only tried again do not count."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Minimum", period = 300, periods = 3
      dimensions = { QueueName = aws_sqs_queue.this["notices"].name }, above = local.limits.waiting_webhooks
    } },
    { for id in var.mail == null ? [] : ["mails-given-up"] : id => {
      about      = "E-mails are given up: the notifier's log says why (mail.given-up), npx wavefleet doctor asks whoever takes them."
      namespace  = local.log_namespace, metric = "MailsGivenUp", stat = "Sum", period = 3600, periods = 1
      dimensions = {}, above = local.limits.mails_given_up_per_hour
    } },
    { "dead-letter-notices" = {
      about      = "Messages that no notifier could read or handle: look at them, then redrive or delete them."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Maximum", period = 60, periods = 1
      dimensions = { QueueName = aws_sqs_queue.dead_letter["notices"].name }, above = 0
    } },
    # Of a queue that only its readers call; SQS itself has to tell of it.
    { "dead-letter-events" = {
      about      = "Outcomes that whoever reads the events queue could not handle: look at them, then redrive or delete them."
      namespace  = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", stat = "Maximum", period = 60, periods = 1
      dimensions = { QueueName = aws_sqs_queue.dead_letter["events"].name }, above = 0
    } },
    # DynamoDB tells of a table and of each of its indexes apart. Of refused requests it tells by operation alone: an alarm on
    # ThrottledRequests of a table would never hear anything.
    merge(flatten([for id, indexes in local.table_indexes : [for index in concat([""], indexes[*].name) : {
      for kind in ["Read", "Write"] : "throttled-${join("-", compact([id, index]))}-${lower(kind)}s" => {
        about      = "DynamoDB refuses ${lower(kind)}s of the table ${id}${index == "" ? "" : ", by its index ${index}"}: they are tried again, and everything is slower."
        namespace  = "AWS/DynamoDB", metric = "${kind}ThrottleEvents", stat = "Sum", period = 60, periods = 5, datapoints = 3
        dimensions = merge({ TableName = aws_dynamodb_table.this[id].name }, index == "" ? {} : { GlobalSecondaryIndexName = index })
        above      = local.limits.throttles_per_minute
      }
    }]])...),
    { for name, rule in aws_cloudwatch_event_rule.this : "undelivered-${name}" => {
      about      = "EventBridge cannot put outcomes into their queue; those that it has given up are in the dead-letter queue."
      namespace  = "AWS/Events", metric = "FailedInvocations", stat = "Sum", period = 300, periods = 1
      dimensions = { EventBusName = rule.event_bus_name, RuleName = rule.name }, above = 0
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
  datapoints_to_alarm = try(each.value.datapoints, each.value.periods)
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
}

# Of ours, when there is none of yours. Its messages name alarms and figures, nothing of anybody's.
resource "aws_sns_topic" "alarms" {
  for_each = toset(length(var.alarm_emails) > 0 ? ["alarms"] : [])

  name = "${local.name}-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms["alarms"].arn
  protocol  = "email"
  endpoint  = each.value
}
