# Names, tables, bucket, images, events, Redis: as resources.json has them, and closed.

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

run "defaults" {
  command = plan

  assert {
    condition     = { for id, table in aws_dynamodb_table.this : id => table.name } == { jobs = "wavefleet-jobs-test", progress = "wavefleet-progress-test", uploads = "wavefleet-uploads-test", accounts = "wavefleet-accounts-test", webhooks = "wavefleet-webhooks-test" }
    error_message = "Tables are called as in resources.json, with the environment at the end."
  }

  assert {
    condition     = { for id, queue in aws_sqs_queue.this : id => queue.name } == { jobs = "wavefleet-jobs-test", drops = "wavefleet-drops-test", events = "wavefleet-events-test", notices = "wavefleet-notices-test" }
    error_message = "Queues are called as in resources.json, with the environment at the end."
  }

  assert {
    condition     = aws_s3_bucket.audio.bucket == "wavefleet-audio-test-111122223333-us-east-1"
    error_message = "The bucket's name carries account and region."
  }

  assert {
    condition     = aws_cloudwatch_event_bus.this.name == "wavefleet-test" && keys(aws_cloudwatch_event_rule.this) == ["wavefleet-job-outcomes", "wavefleet-notices"]
    error_message = "Bus and rules are those of resources.json."
  }

  assert {
    condition = alltrue([for id, table in local.resources.tables :
      aws_dynamodb_table.this[id].hash_key == table.hashKey.name &&
      aws_dynamodb_table.this[id].billing_mode == "PAY_PER_REQUEST" &&
      aws_dynamodb_table.this[id].ttl[0].attribute_name == table.ttlAttribute &&
      aws_dynamodb_table.this[id].ttl[0].enabled
    ])
    error_message = "Keys, time to live and billing are those of resources.json."
  }

  assert {
    condition = alltrue([for id, table in local.resources.tables :
      toset([for index in aws_dynamodb_table.this[id].global_secondary_index : "${index.name} ${index.hash_key} ${index.range_key} ${index.projection_type} ${join(",", sort(coalesce(index.non_key_attributes, [])))}"])
      == toset([for index in table.indexes : "${index.name} ${index.hashKey.name} ${index.rangeKey.name} ${index.projection} ${join(",", try(index.attributes, []))}"])
    ])
    error_message = "Indexes are those of resources.json, no more and no fewer."
  }

  assert {
    condition     = { for attribute in aws_dynamodb_table.this["jobs"].attribute : attribute.name => attribute.type } == { jobId = "S", ownerId = "S", createdAt = "S", dueShard = "N", dueAt = "N" }
    error_message = "The jobs table declares exactly the attributes that are keys."
  }

  assert {
    condition = alltrue([for table in values(aws_dynamodb_table.this) : table.deletion_protection_enabled]) && (
      { for id, table in aws_dynamodb_table.this : id => table.point_in_time_recovery[0].enabled } == { jobs = true, progress = false, uploads = true, accounts = true, webhooks = true }
    )
    error_message = "Tables are protected by default, and backed up where they hold more than progress."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.audio.block_public_acls,
      aws_s3_bucket_public_access_block.audio.block_public_policy,
      aws_s3_bucket_public_access_block.audio.ignore_public_acls,
      aws_s3_bucket_public_access_block.audio.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.audio.rule[0].object_ownership == "BucketOwnerEnforced",
      !aws_s3_bucket.audio.force_destroy,
    ])
    error_message = "The bucket is private, ours, and not deleted with its contents."
  }

  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.audio.policy).Statement : [statement.Effect, statement.Condition.Bool["aws:SecureTransport"]]] == [["Deny", "false"]]
    error_message = "The bucket's policy grants nothing and refuses plain HTTP."
  }

  assert {
    condition = [for rule in aws_s3_bucket_lifecycle_configuration.audio.rule : [rule.filter[0].prefix, try(rule.expiration[0].days, 0), try([for move in rule.transition : "${move.storage_class} ${move.days}"], [])] if rule.id != "abort-incomplete-multipart"] == [
      ["uploads/", 60, ["STANDARD_IA 30"]],
      ["drops/", 60, ["STANDARD_IA 30"]],
      ["conversions/", 30, []],
      ["results/", 30, []],
    ]
    error_message = "Objects grow cold and expire as resources.json says."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.audio.rule : rule.abort_incomplete_multipart_upload[0].days_after_initiation if rule.id == "abort-incomplete-multipart"]) == 2
    error_message = "Multipart uploads that nobody finished go."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.audio.cors_rule).allowed_origins == toset(["http://wavefleet.elb.example"])
    error_message = "Only the page's own origin may use presigned URLs from a browser."
  }

  assert {
    condition     = [for queue in aws_s3_bucket_notification.audio.queue : [queue.filter_prefix, queue.events]] == [["drops/", toset(["s3:ObjectCreated:*"])]]
    error_message = "S3 tells of drops, and of nothing else."
  }

  assert {
    condition     = alltrue([for repository in values(aws_ecr_repository.this) : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push && !repository.force_delete])
    error_message = "Images are scanned, and their tags do not change."
  }

  assert {
    condition = alltrue([for policy in values(aws_ecr_lifecycle_policy.this) : [for rule in jsondecode(policy.policy).rules : rule.selection if rule.selection.countType == "imageCountMoreThan"] == [
      { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 50 }
    ]])
    error_message = "Fifty versions are kept, however many images one of them is."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["wavefleet-job-outcomes"].event_pattern) == { source = ["wavefleet"], detail-type = ["Job Completed", "Job Failed", "Job Cancelled"] }
    error_message = "The rule takes the outcomes of resources.json."
  }

  assert {
    condition     = aws_cloudwatch_event_archive.this.retention_days == 30
    error_message = "Outcomes can be replayed for event_archive_days."
  }

  assert {
    condition = alltrue([
      aws_elasticache_replication_group.this.engine == "valkey" && aws_elasticache_replication_group.this.engine_version == "8.0",
      aws_elasticache_replication_group.this.transit_encryption_enabled,
      aws_elasticache_replication_group.this.transit_encryption_mode == "required",
      tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled),
      aws_elasticache_replication_group.this.user_group_ids == toset(["wavefleet-test"]),
      aws_elasticache_user.tasks.user_id == aws_elasticache_user.tasks.user_name,
      one(aws_elasticache_user.tasks.authentication_mode).type == "iam",
      aws_elasticache_user_group.this.user_ids == toset(["wavefleet-test-tasks"]),
    ])
    error_message = "Redis wants TLS, and lets in nobody but who signs in by IAM."
  }
}

run "former_indexes" {
  command = plan

  variables {
    keep_former_indexes = true
  }

  assert {
    condition     = { for index in aws_dynamodb_table.this["jobs"].global_secondary_index : index.name => "${index.hash_key} ${index.range_key} ${index.projection_type}" } == { history = "ownerId createdAt INCLUDE", due = "dueShard dueAt KEYS_ONLY", byOwner = "ownerId createdAt ALL" }
    error_message = "While the version before is replaced its index stays beside the new one."
  }

  assert {
    condition     = length([for resource in keys(local.task_grants.api) : resource if resource == "table/jobs/history/former"]) == 1 && !contains(keys(local.task_grants.worker), "table/jobs/history/former")
    error_message = "The API may query the former index as long as it is kept."
  }
}

run "unprotected" {
  command = plan

  variables {
    deletion_protection = false
    redis               = { engine = "redis", replicas = 1 }
    page_origins        = ["https://audio.example.com"]
  }

  assert {
    condition = alltrue(concat(
      [aws_s3_bucket.audio.force_destroy, !aws_lb.api.enable_deletion_protection],
      [for repository in values(aws_ecr_repository.this) : repository.force_delete],
      [for table in values(aws_dynamodb_table.this) : !table.deletion_protection_enabled],
    ))
    error_message = "Without deletion_protection one `terraform destroy` removes everything."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.num_cache_clusters == 2
    error_message = "With a replica Redis spans zones and fails over."
  }

  assert {
    condition     = aws_elasticache_user_group.this.user_ids == toset(["wavefleet-test-tasks", "wavefleet-test-nobody"]) && one(aws_elasticache_user.nobody).user_name == "default" && one(aws_elasticache_user.nobody).access_string == "off -@all"
    error_message = "Redis's own default user, which a group of Redis must have, may nothing."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.engine_version == "7.1"
    error_message = "Redis has the last version that ElastiCache knows of it, not Valkey's."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.audio.cors_rule).allowed_origins == toset(["http://wavefleet.elb.example", "https://audio.example.com"])
    error_message = "page_origins come on top of the page's own."
  }
}

run "refused_values" {
  command = plan

  variables {
    environment        = "Prod"
    bucket_name        = "No_Bucket"
    bucket_versioning  = "on"
    page_origins       = ["*"]
    event_archive_days = 0
    queue_kms_key_arn  = "alias/key"
    redis              = { replicas = 9 }
  }

  expect_failures = [
    var.environment, var.bucket_name, var.bucket_versioning, var.page_origins, var.event_archive_days, var.queue_kms_key_arn, var.redis,
  ]
}

run "refused_version_of_redis" {
  command = plan

  variables {
    redis = { engine = "redis", version = "8.0" }
  }

  expect_failures = [var.redis]
}

run "refused_version_of_valkey" {
  command = plan

  variables {
    redis = { version = "7.1" }
  }

  expect_failures = [var.redis]
}
