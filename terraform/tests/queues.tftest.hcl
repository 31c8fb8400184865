# Every queue has its dead-letter queue, and lets in nobody but whom it should.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = aws_sqs_queue.this["drops"]
  override_during = plan
  values          = { arn = "arn:aws:sqs:us-east-1:111122223333:drops" }
}

override_resource {
  target          = aws_sqs_queue.dead_letter["drops"]
  override_during = plan
  values          = { arn = "arn:aws:sqs:us-east-1:111122223333:drops-dlq" }
}

override_resource {
  target          = aws_sqs_queue.this["events"]
  override_during = plan
  values          = { arn = "arn:aws:sqs:us-east-1:111122223333:events" }
}

override_resource {
  target          = aws_sqs_queue.dead_letter["events"]
  override_during = plan
  values          = { arn = "arn:aws:sqs:us-east-1:111122223333:events-dlq" }
}

override_resource {
  target          = aws_cloudwatch_event_rule.this["wavefleet-job-outcomes"]
  override_during = plan
  values          = { arn = "arn:aws:events:us-east-1:111122223333:rule/wavefleet-test/outcomes" }
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

run "queues" {
  command = plan

  assert {
    condition = alltrue([for id, queue in local.resources.queues :
      aws_sqs_queue.this[id].visibility_timeout_seconds == queue.visibilityTimeoutSeconds &&
      aws_sqs_queue.this[id].message_retention_seconds == queue.retentionSeconds &&
      aws_sqs_queue.dead_letter[id].message_retention_seconds == queue.deadLetter.retentionSeconds
    ])
    error_message = "Times are those of resources.json."
  }

  assert {
    condition = alltrue([for id, queue in local.resources.queues :
      jsondecode(aws_sqs_queue_redrive_policy.this[id].redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead_letter[id].arn, maxReceiveCount = queue.maxReceiveCount } &&
      jsondecode(aws_sqs_queue_redrive_allow_policy.this[id].redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this[id].arn] }
    ])
    error_message = "Every queue has a dead-letter queue that takes from it alone."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_policy.this["drops"].redrive_policy).deadLetterTargetArn == "arn:aws:sqs:us-east-1:111122223333:drops-dlq"
    error_message = "The dead letters of drops go into drops-dlq."
  }

  assert {
    condition     = alltrue([for queue in concat(values(aws_sqs_queue.this), values(aws_sqs_queue.dead_letter)) : queue.sqs_managed_sse_enabled])
    error_message = "Queues are encrypted."
  }

  assert {
    condition = length(aws_sqs_queue_policy.this) == 8 && alltrue([for policy in values(aws_sqs_queue_policy.this) :
      length([for statement in jsondecode(policy.policy).Statement : statement if statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"]) == 1
    ])
    error_message = "Every queue refuses plain HTTP."
  }

  assert {
    condition = alltrue(flatten([for policy in values(aws_sqs_queue_policy.this) : [
      for statement in jsondecode(policy.policy).Statement :
      statement.Action == ["sqs:SendMessage"] && can(statement.Principal.Service) && can(statement.Condition.ArnEquals["aws:SourceArn"])
      if statement.Effect == "Allow"
    ]]))
    error_message = "What a queue allows, it allows to one service on behalf of one resource."
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue_policy.this["drops"].policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "AllowSending"
      Effect    = "Allow"
      Action    = ["sqs:SendMessage"]
      Principal = { Service = "s3.amazonaws.com" }
      Resource  = "arn:aws:sqs:us-east-1:111122223333:drops"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::audio" }, StringEquals = { "aws:SourceAccount" = "111122223333" } }
    }]
    error_message = "S3 sends into drops on behalf of our bucket."
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue_policy.this["events"].policy).Statement : statement.Condition.ArnEquals["aws:SourceArn"] if statement.Effect == "Allow"] == [
      "arn:aws:events:us-east-1:111122223333:rule/wavefleet-test/outcomes"
    ]
    error_message = "EventBridge sends into events on behalf of our rule."
  }

  assert {
    condition     = length([for statement in jsondecode(aws_sqs_queue_policy.this["jobs"].policy).Statement : statement if statement.Effect == "Allow"]) == 0
    error_message = "Nobody but our tasks, by their roles, sends into jobs."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_event_target.queue["wavefleet-job-outcomes"].arn == "arn:aws:sqs:us-east-1:111122223333:events",
      aws_cloudwatch_event_target.queue["wavefleet-job-outcomes"].dead_letter_config[0].arn == "arn:aws:sqs:us-east-1:111122223333:events-dlq",
      [for statement in jsondecode(aws_sqs_queue_policy.this["events-dead-letter"].policy).Statement : statement.Resource if statement.Effect == "Allow"] == ["arn:aws:sqs:us-east-1:111122223333:events-dlq"],
    ])
    error_message = "What EventBridge cannot deliver it may put into events-dlq."
  }
}

run "own_key" {
  command = plan

  variables {
    queue_kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1"
  }

  assert {
    condition     = alltrue([for queue in concat(values(aws_sqs_queue.this), values(aws_sqs_queue.dead_letter)) : queue.kms_master_key_id == "arn:aws:kms:us-east-1:111122223333:key/1"])
    error_message = "An own key encrypts every queue."
  }

  assert {
    condition = alltrue([for policy in [module.api.task_policy, module.worker.task_policy] :
      [for statement in jsondecode(policy).Statement : statement.Action if statement.Resource == "arn:aws:kms:us-east-1:111122223333:key/1"] == [["kms:Decrypt", "kms:GenerateDataKey"]]
    ])
    error_message = "Both services may use the queues' own key, and no other."
  }
}
