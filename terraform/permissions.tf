# What the code of each service may do. task-actions.json lists it by service and resource, in the names below;
# `npm run test:terraform` compares the list with the AWS calls in the source, in both directions.

locals {
  task_actions = jsondecode(file("${path.module}/task-actions.json"))

  task_resources = merge(
    { bucket = aws_s3_bucket.audio.arn },
    { for id, prefix in local.prefixes : "bucket/${id}" => "${aws_s3_bucket.audio.arn}/${prefix}*" },
    { for id, table in aws_dynamodb_table.this : "table/${id}" => table.arn },
    merge([
      for id, table in local.resources.tables : {
        for index in table.indexes : "table/${id}/${index.name}" => "${aws_dynamodb_table.this[id].arn}/index/${index.name}"
      }
    ]...),
    # Tasks of the former version have the same role.
    merge([
      for id, table in local.resources.tables : {
        for index in table.indexes : "table/${id}/${index.name}/former" => "${aws_dynamodb_table.this[id].arn}/index/${index.former.name}" if can(index.former)
      }
    ]...),
    { for id, queue in aws_sqs_queue.this : "queue/${id}" => queue.arn },
    { for id, queue in aws_sqs_queue.dead_letter : "dead-letter/${id}" => queue.arn },
    # To connect one needs both.
    { redis = aws_elasticache_replication_group.this.arn, "redis/user" = aws_elasticache_user.tasks.arn },
    { bus = aws_cloudwatch_event_bus.this.arn },
    # A task protects itself from scale-in while it works; nobody knows its id beforehand. The ECS agent asks with the
    # task's own role (AWS: "Amazon ECS task scale-in protection endpoint").
    { tasks = "arn:${local.partition}:ecs:${var.region}:${local.account}:task/${local.name}/*" },
  )

  # Who may query an index may query the one that it replaces, as long as that is kept.
  task_grants = {
    for service, grants in local.task_actions : service => merge(grants, {
      for resource, actions in grants : "${resource}/former" => actions
      if var.keep_former_indexes && contains(keys(local.task_resources), "${resource}/former")
    })
  }

  # Readers and writers of encrypted messages (AWS: "Amazon SQS key management").
  kms_grants = [for key in var.queue_kms_key_arn[*] : {
    Sid      = "QueueKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = key
  }]

  task_policies = {
    for service, grants in local.task_actions : service => jsonencode({
      Version = "2012-10-17"
      Statement = concat([
        for resource, actions in local.task_grants[service] : {
          Sid      = replace(title(replace(resource, "/[^A-Za-z]/", " ")), " ", "")
          Effect   = "Allow"
          Action   = actions
          Resource = local.task_resources[resource]
        }
      ], local.kms_grants, service == "notifier" ? local.mail_grants : [])
    })
  }
}
