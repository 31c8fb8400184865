# The bus on which outcomes are announced, an archive to replay from, and the rules of resources.json.

resource "aws_cloudwatch_event_bus" "this" {
  name = "${local.resources.events.bus}${local.suffix}"
}

resource "aws_cloudwatch_event_archive" "this" {
  name             = "${local.resources.events.bus}${local.suffix}"
  description      = "Outcomes of jobs"
  event_source_arn = aws_cloudwatch_event_bus.this.arn
  retention_days   = var.event_archive_days
  event_pattern    = jsonencode({ source = [local.resources.events.source] })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = { for rule in local.resources.events.rules : rule.name => rule }

  name           = "${each.key}${local.suffix}"
  description    = "${join(", ", each.value.detailTypes)} to the queue ${each.value.queue}"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern = jsonencode({
    source      = [local.resources.events.source]
    detail-type = each.value.detailTypes
  })
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = { for rule in local.resources.events.rules : rule.name => rule }

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = each.value.queue
  arn            = aws_sqs_queue.this[each.value.queue].arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter[each.value.queue].arn
  }
}
