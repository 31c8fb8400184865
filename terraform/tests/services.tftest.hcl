# What runs, how it is held, and where.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = aws_ecr_repository.this["worker"]
  override_during = plan
  values          = { repository_url = "registry.example/worker" }
}

override_resource {
  target          = aws_sqs_queue.this["jobs"]
  override_during = plan
  values          = { url = "https://sqs.example/jobs" }
}

override_resource {
  target          = aws_sqs_queue.dead_letter["drops"]
  override_during = plan
  values          = { url = "https://sqs.example/drops-dlq" }
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
    condition = alltrue([for json in [module.api.container_definitions, module.worker.container_definitions] : alltrue([
      for container in jsondecode(json) : alltrue([
        container.stopTimeout == 120,
        container.readonlyRootFilesystem,
        container.linuxParameters.capabilities.drop == ["ALL"],
        container.user == "1000:1000",
        container.healthCheck.command == ["CMD", "/usr/local/bin/health-check"],
        container.logConfiguration.logDriver == "awslogs",
        length(container.secrets) == 0,
      ])
    ])])
    error_message = "Containers are not root, cannot write but to their volumes, get 120 s to stop, and are looked after."
  }

  assert {
    condition     = jsondecode(module.worker.container_definitions)[0].mountPoints[*].containerPath == ["/work"] && length(jsondecode(module.api.container_definitions)[0].mountPoints) == 0
    error_message = "Workers write below /work, the API nowhere."
  }

  assert {
    condition     = length([for variable in jsondecode(module.worker.container_definitions)[0].environment : variable if strcontains(variable.name, "TOKEN") || strcontains(variable.value, "@")]) == 0
    error_message = "No secret is in the plain environment."
  }

  assert {
    condition = { for variable in jsondecode(module.worker.container_definitions)[0].environment : variable.name => variable.value if contains(["JOBS_QUEUE_URL", "DROPS_DLQ_URL", "UPLOADS_TABLE", "WORKER_CONCURRENCY", "DRAIN_TIMEOUT_MS", "REDIS_URL", "REDIS_IAM_USER", "REDIS_IAM_CACHE"], variable.name) } == {
      REDIS_URL          = "rediss://redis.example:6379"
      REDIS_IAM_USER     = "wavefleet-test-tasks"
      REDIS_IAM_CACHE    = "wavefleet-test"
      JOBS_QUEUE_URL     = "https://sqs.example/jobs"
      DROPS_DLQ_URL      = "https://sqs.example/drops-dlq"
      UPLOADS_TABLE      = "wavefleet-uploads-test"
      WORKER_CONCURRENCY = "1"
      DRAIN_TIMEOUT_MS   = "90000"
    }
    error_message = "Settings name the resources made here, and the drain fits into the stop timeout."
  }

  assert {
    condition = sum([for variable in jsondecode(module.api.container_definitions)[0].environment : tonumber(variable.value) if startswith(variable.name, "API_CLOSE_")]) < 1000 * jsondecode(module.api.container_definitions)[0].stopTimeout && (
      { for variable in jsondecode(module.api.container_definitions)[0].environment : variable.name => variable.value if startswith(variable.name, "API_CLOSE_") } == { API_CLOSE_DELAY_MS = "25000", API_CLOSE_DEADLINE_MS = "90000" }
    )
    error_message = "An API task goes on for 25 s while its load balancer drains, and ends before ECS kills it."
  }

  assert {
    condition     = jsondecode(module.worker.container_definitions)[0].image == "registry.example/worker:1.2.3"
    error_message = "A tag follows a colon."
  }

  assert {
    condition = { for variable in jsondecode(module.notifier.container_definitions)[0].environment : variable.name => variable.value if contains(["WORKER_ROLE", "WEBHOOKS_TABLE", "WEBHOOK_PRIVATE_ADDRESSES"], variable.name) } == {
      WORKER_ROLE    = "notifier"
      WEBHOOKS_TABLE = "wavefleet-webhooks-test"
    }
    error_message = "The notifier is the worker's program in its other role, and calls public addresses alone."
  }

  assert {
    condition     = jsondecode(module.notifier.container_definitions)[0].image == "registry.example/worker:1.2.3" && length(jsondecode(module.notifier.container_definitions)[0].secrets) == 0
    error_message = "It runs the worker's image, without any secret."
  }

  assert {
    condition     = sort(distinct(flatten(jsondecode(module.notifier.task_policy).Statement[*].Action))) == sort(distinct(flatten(values(local.task_actions.notifier)))) && !strcontains(module.notifier.task_policy, "s3:")
    error_message = "Its role has the actions of task-actions.json, none of them on the bucket."
  }

  assert {
    condition     = module.notifier.service.desired_count == 0 && !contains(keys(aws_cloudwatch_metric_alarm.this), "webhooks-late")
    error_message = "Without a way out there is none, and nobody is told that webhooks wait."
  }

  assert {
    condition     = { for provider in module.worker.service.capacity_provider_strategy : provider.capacity_provider => [provider.base, provider.weight] } == { FARGATE = [0, 1], FARGATE_SPOT = [0, 4] }
    error_message = "Four workers in five run on Spot by default."
  }

  assert {
    condition     = { for provider in module.api.service.capacity_provider_strategy : provider.capacity_provider => [provider.base, provider.weight] } == { FARGATE = [1, 1], FARGATE_SPOT = [0, 0] }
    error_message = "The API does not run on Spot by default."
  }

  assert {
    condition = alltrue([for service in [module.api.service, module.worker.service] : alltrue([
      service.deployment_circuit_breaker[0].enable,
      service.deployment_circuit_breaker[0].rollback,
      !service.network_configuration[0].assign_public_ip,
      !service.force_delete,
    ])])
    error_message = "A deployment that fails is rolled back; tasks have no public address; what is protected is not deleted with its tasks."
  }

  assert {
    condition = { for name, service in { api = module.api.service, worker = module.worker.service } : name => [service.deployment_minimum_healthy_percent, service.deployment_maximum_percent, service.availability_zone_rebalancing] } == {
      api    = [100, 200, "ENABLED"]
      worker = [50, 200, "DISABLED"]
    } && module.api.service.health_check_grace_period_seconds == 60
    error_message = "The API is replaced without a gap; half of the workers may make room, and none is moved for the sake of zones."
  }

  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "disabled" && aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"])
    error_message = "The cluster knows both capacity providers, and costs nothing for figures that nobody reads."
  }

  assert {
    condition     = module.worker.task_definition.ephemeral_storage[0].size_in_gib == 21
    error_message = "Fargate's least is enough for one small job."
  }

  assert {
    condition     = length(aws_sesv2_email_identity.this) == 0 && !contains(keys(aws_cloudwatch_metric_alarm.this), "mails-given-up") && length(aws_vpc_security_group_egress_rule.mail) == 0 && length(output.mail_dns_records) == 0 && !strcontains(module.api.container_definitions, "MAIL_FROM")
    error_message = "Without var.mail nothing of it is there."
  }
}

run "notifier_with_a_way_out" {
  command = plan

  variables {
    nat_gateways = 1
  }

  assert {
    condition     = local.notifier_tasks == 1 && aws_cloudwatch_metric_alarm.this["webhooks-late"].threshold == 1000 && aws_cloudwatch_metric_alarm.this["dead-letter-notices"].threshold == 0
    error_message = "With a way out one runs, and somebody hears of webhooks that nobody delivers."
  }
}

run "disk" {
  command = plan

  variables {
    worker                     = { cpu = 4096, memory = 8192, capacity = { on_demand_base = 1, on_demand_weight = 0, spot_weight = 1 } }
    max_resumable_upload_bytes = 5368709120
    image_versions             = { api = "1.2.3", worker = "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
    cpu_architecture           = "ARM64"
  }

  assert {
    condition     = module.worker.task_definition.ephemeral_storage[0].size_in_gib == 62
    error_message = "Four jobs of 5 GiB, three times over, and 2 GiB for the image."
  }

  assert {
    condition     = module.worker.task_definition.runtime_platform[0].cpu_architecture == "ARM64"
    error_message = "The architecture is chosen by variable."
  }

  assert {
    condition     = endswith(jsondecode(module.worker.container_definitions)[0].image, "registry.example/worker@sha256:0000000000000000000000000000000000000000000000000000000000000000")
    error_message = "A digest follows an at sign."
  }

  assert {
    condition     = { for provider in module.worker.service.capacity_provider_strategy : provider.capacity_provider => [provider.base, provider.weight] } == { FARGATE = [1, 0], FARGATE_SPOT = [0, 1] }
    error_message = "Base and weights are chosen by variable."
  }
}

run "extra_environment" {
  command = plan

  variables {
    extra_environment = { LOG_LEVEL = "debug", MAX_UPLOAD_BYTES = "1" }
  }

  assert {
    condition = alltrue([for json in [module.api.container_definitions, module.worker.container_definitions] :
      { for variable in jsondecode(json)[0].environment : variable.name => variable.value if contains(["LOG_LEVEL", "MAX_UPLOAD_BYTES"], variable.name) } == { LOG_LEVEL = "debug", MAX_UPLOAD_BYTES = "1" }
    ])
    error_message = "Every setting can be given, and wins."
  }
}

run "refused_memory" {
  command = plan

  variables {
    worker = { cpu = 2048, memory = 4096, concurrency = 3 }
  }

  expect_failures = [var.worker]
}

run "refused_bounds" {
  command = plan

  variables {
    worker = { min_tasks = 3, max_tasks = 2 }
  }

  expect_failures = [var.worker]
}

run "refused_values" {
  command = plan

  variables {
    image_versions     = { api = "latest", worker = "1.2.3" }
    cpu_architecture   = "RISC-V"
    api                = { min_tasks = 0 }
    extra_environment  = { AWS_ENDPOINT_URL = "http://127.0.0.1:4566" }
    log_retention_days = 31
    container_insights = "on"
    max_output_bytes   = 1
  }

  expect_failures = [
    var.image_versions, var.cpu_architecture, var.api, var.extra_environment, var.log_retention_days, var.container_insights, var.max_output_bytes,
  ]
}

# What tasks would refuse at their start.
run "refused_sizes" {
  command = plan

  variables {
    max_upload_bytes           = 1.5
    max_resumable_upload_bytes = 1.5
    target_latency_seconds     = 86401
    mean_job_seconds           = 86401
  }

  expect_failures = [
    var.max_upload_bytes, var.max_resumable_upload_bytes, var.target_latency_seconds, var.mean_job_seconds,
  ]
}

run "sizes_of_settings" {
  command = plan

  variables {
    worker            = { cpu = 4096, memory = 8192 }
    extra_environment = { WORKER_CONCURRENCY = "3", MAX_RESUMABLE_UPLOAD_BYTES = "5368709120", MAX_OUTPUT_BYTES = "2147483648" }
  }

  assert {
    condition     = one(module.worker.task_definition.ephemeral_storage).size_in_gib == 2 + 3 * 3 * 5
    error_message = "The disk has room for as many jobs and as large ones as the settings allow."
  }
}

run "refused_memory_of_settings" {
  command = plan

  variables {
    worker            = { cpu = 2048, memory = 4096 }
    extra_environment = { WORKER_CONCURRENCY = "8" }
  }

  expect_failures = [var.worker]
}
