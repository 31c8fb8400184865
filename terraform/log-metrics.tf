# What the logs count and measure. The list is written from the table of log lines (platform/src/log/table.ts).

locals {
  # Of these metrics, and of those that the API publishes itself (api/src/load).
  log_namespace = "wavefleet/${var.environment}"
  log_groups    = { api = module.api.log_group_name, worker = module.worker.log_group_name, notifier = module.notifier.log_group_name }
  log_metrics   = jsondecode(file("${path.module}/log-metrics.json"))
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = merge([for service, group in local.log_groups : {
    for metric in local.log_metrics : "${service}-${metric.event}" => merge(metric, { group = group })
  }]...)

  name           = "${local.name}-${each.key}"
  log_group_name = each.value.group
  pattern        = "{ $.event = \"${each.value.event}\" }"

  metric_transformation {
    namespace = local.log_namespace
    name      = each.value.name
    value     = each.value.value
    unit      = each.value.unit
  }
}
