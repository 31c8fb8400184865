# One page: what waits, what runs, what people feel, what breaks.

locals {
  dead_letters = [for queue in values(aws_sqs_queue.dead_letter) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name]]

  widgets = [
    {
      title   = "Jobs and drops that wait; slots of the workers, and those at work"
      stat    = "Average"
      metrics = [for metric in ["Backlog", "RunningSlots", "BusySlots"] : [local.log_namespace, metric]]
    },
    {
      title   = "Age of the oldest waiting job, what a job takes (s)"
      stat    = "Maximum"
      metrics = [for metric in ["OldestWaitingSeconds", "MeanJobSeconds"] : [local.log_namespace, metric]]
    },
    {
      title   = "Load that the workers are scaled by (target ${var.target_fill})"
      stat    = "Average"
      metrics = [[local.log_namespace, "DesiredLoad"]]
    },
    {
      title   = "Dead letters"
      stat    = "Maximum"
      metrics = local.dead_letters
    },
    {
      title = "Requests and 5xx"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", aws_lb.api.arn_suffix],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", aws_lb.api.arn_suffix],
        ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", aws_lb.api.arn_suffix],
      ]
    },
    {
      title   = "Seconds until an answer begins (p95)"
      stat    = "p95"
      metrics = [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", aws_lb.api.arn_suffix]]
    },
    {
      title = "Processor and memory (%)"
      stat  = "Average"
      metrics = [for pair in setproduct(values(local.services), ["CPUUtilization", "MemoryUtilization"]) :
        ["AWS/ECS", pair[1], "ClusterName", aws_ecs_cluster.this.name, "ServiceName", pair[0]]
      ]
    },
    {
      title = "Redis: processor, memory (%)"
      stat  = "Average"
      metrics = [for pair in setproduct(local.redis_members, ["EngineCPUUtilization", "DatabaseMemoryUsagePercentage"]) :
        ["AWS/ElastiCache", pair[1], "CacheClusterId", pair[0]]
      ]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [
      for place, widget in local.widgets : {
        type   = "metric"
        x      = place % 2 * 12
        y      = floor(place / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = widget.title
          region  = var.region
          view    = "timeSeries"
          period  = 60
          stat    = widget.stat
          metrics = widget.metrics
        }
      }
    ]
  })
}
