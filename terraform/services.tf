# The cluster and the three services in it.

resource "aws_ecs_cluster" "this" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}

locals {
  gib = 1024 * 1024 * 1024

  images = {
    for service, version in var.image_versions :
    service => "${aws_ecr_repository.this[service].repository_url}${startswith(version, "sha256:") ? "@" : ":"}${version}"
  }

  # Tasks have the size that their settings ask for, wherever those were given.
  worker_concurrency = tonumber(lookup(var.extra_environment, "WORKER_CONCURRENCY", coalesce(var.worker.concurrency, max(1, floor(var.worker.cpu / 1024)))))
  # A job holds its source and its result; a worker takes none while less than three times the source is free. On
  # top come the image's layers, which lie on the same disk.
  max_source_bytes = max([for name, bytes in { MAX_UPLOAD_BYTES = var.max_upload_bytes, MAX_RESUMABLE_UPLOAD_BYTES = var.max_resumable_upload_bytes } : tonumber(lookup(var.extra_environment, name, bytes))]...)
  max_output_bytes = tonumber(lookup(var.extra_environment, "MAX_OUTPUT_BYTES", var.max_output_bytes))
  job_disk_bytes   = max(3 * local.max_source_bytes, local.max_source_bytes + local.max_output_bytes)
  image_disk_gib   = 2
  worker_disk_gib  = max(21, local.image_disk_gib + ceil(local.worker_concurrency * local.job_disk_bytes / local.gib))

  # Names as in platform/src/config.ts; what is not here keeps its default.
  environment = {
    AWS_REGION                 = var.region
    S3_BUCKET                  = aws_s3_bucket.audio.bucket
    JOBS_TABLE                 = aws_dynamodb_table.this["jobs"].name
    PROGRESS_TABLE             = aws_dynamodb_table.this["progress"].name
    UPLOADS_TABLE              = aws_dynamodb_table.this["uploads"].name
    ACCOUNTS_TABLE             = aws_dynamodb_table.this["accounts"].name
    WEBHOOKS_TABLE             = aws_dynamodb_table.this["webhooks"].name
    JOBS_QUEUE_URL             = aws_sqs_queue.this["jobs"].url
    JOBS_DLQ_URL               = aws_sqs_queue.dead_letter["jobs"].url
    DROPS_QUEUE_URL            = aws_sqs_queue.this["drops"].url
    DROPS_DLQ_URL              = aws_sqs_queue.dead_letter["drops"].url
    NOTICES_QUEUE_URL          = aws_sqs_queue.this["notices"].url
    NOTICES_DLQ_URL            = aws_sqs_queue.dead_letter["notices"].url
    EVENT_BUS                  = aws_cloudwatch_event_bus.this.name
    MAX_UPLOAD_BYTES           = tostring(var.max_upload_bytes)
    MAX_RESUMABLE_UPLOAD_BYTES = tostring(local.max_source_bytes)
    MAX_OUTPUT_BYTES           = tostring(local.max_output_bytes)
  }

  api_environment = {
    HOST = "0.0.0.0"
    PORT = tostring(local.api_port)
    # The load balancer says whom it saw. One owner has less here than on a machine of its own.
    TRUSTED_PROXIES        = "1"
    REQUESTS_PER_MINUTE    = "1200"
    SUBMISSIONS_PER_MINUTE = "240"
    MAX_ACTIVE_JOBS        = "200"
    MAX_OPEN_UPLOADS       = "50"
    MAX_STORED_BYTES       = tostring(50 * local.gib)
    MAX_STREAMS_PER_OWNER  = "20"
    # Health checks ask by address, which is always answered. What ends TLS in front may pass on the name that it was asked by.
    ALLOWED_HOSTS = var.domain_name == null ? "*" : join(",", distinct(concat([var.domain_name], flatten([for url in local.public_url[*] : regexall("^https?://([^/:]+)", url)]))))
    # The load balancer sends requests for some seconds after a task was told to leave. Both together leave 5 of the
    # 120 s that ECS gives.
    API_CLOSE_DELAY_MS    = "25000"
    API_CLOSE_DEADLINE_MS = "90000"
    # What the workers are scaled by, and the alarms of the same line.
    METRICS_NAMESPACE      = local.log_namespace
    TARGET_LATENCY_SECONDS = tostring(var.target_latency_seconds)
    MEAN_JOB_SECONDS       = tostring(var.mean_job_seconds)
  }

  # In the order in which the API takes them.
  given_environment = merge(var.extra_environment, var.api_environment)
  # Where browsers find the service; providers and e-mails lead there, and its page uses S3 from there.
  public_url       = lookup(local.given_environment, "PUBLIC_URL", var.domain_name == null ? null : "https://${var.domain_name}")
  auth_environment = var.auth == "off" ? { AUTH = var.auth } : { AUTH = var.auth, PUBLIC_URL = local.public_url }

  # WORK_DIR and LIVENESS_FILE are the image's own, both below /work.
  worker_environment = {
    WORKER_CONCURRENCY = tostring(local.worker_concurrency)
    # Leaves 30 of the 120 s that ECS gives to hand over what did not end in time.
    DRAIN_TIMEOUT_MS = "90000"
  }

  # Without a way out every webhook would be tried in vain.
  notifier_tasks = coalesce(var.notifier.tasks, var.nat_gateways > 0 || var.tasks_in_public_subnets ? 1 : 0)

  # No secret: tasks sign in with their roles.
  redis_environment = {
    REDIS_URL       = "rediss://${aws_elasticache_replication_group.this.primary_endpoint_address}:${local.redis_port}"
    REDIS_IAM_USER  = aws_elasticache_user.tasks.user_id
    REDIS_IAM_CACHE = aws_elasticache_replication_group.this.replication_group_id
  }

  api_secrets     = merge(var.debug_token_secret_arn == null ? {} : { DEBUG_TOKEN = var.debug_token_secret_arn }, var.api_secret_arns)
  private_subnets = [for subnet in values(aws_subnet.private) : subnet.id]
  task_subnets    = var.tasks_in_public_subnets ? [for subnet in values(aws_subnet.public) : subnet.id] : local.private_subnets

  # What all services have in common.
  fleet = {
    prefix           = local.name
    region           = var.region
    account          = local.account
    partition        = local.partition
    cluster_arn      = aws_ecs_cluster.this.arn
    cpu_architecture = var.cpu_architecture
    # The same for both images: they bring user and command along.
    user                  = "1000:1000"
    health_command        = ["CMD", "/usr/local/bin/health-check"]
    subnet_ids            = local.task_subnets
    assign_public_ip      = var.tasks_in_public_subnets
    force_delete          = local.disposable
    log_retention_days    = var.log_retention_days
    wait_for_steady_state = var.wait_for_steady_state
  }
}

module "api" {
  source = "./modules/ecs-service"
  fleet  = local.fleet
  name   = "api"

  image          = local.images.api
  repository_arn = aws_ecr_repository.this["api"].arn
  cpu            = var.api.cpu
  memory         = var.api.memory
  environment    = merge(local.environment, local.redis_environment, local.api_environment, local.auth_environment, local.mail_environment, var.extra_environment, var.api_environment)
  secrets        = local.api_secrets

  port              = local.api_port
  target_group_arn  = aws_lb_target_group.api.arn
  security_group_id = aws_security_group.this["api"].id
  task_policy       = local.task_policies.api
  task_count        = var.api.min_tasks
  capacity          = var.api.capacity

  # ECS refuses a target group that no listener uses, and a strategy whose provider the cluster has not got.
  depends_on = [aws_lb_listener.http, aws_lb_listener.https, aws_ecs_cluster_capacity_providers.this]
}

module "worker" {
  source = "./modules/ecs-service"
  fleet  = local.fleet
  name   = "worker"

  image                 = local.images.worker
  repository_arn        = aws_ecr_repository.this["worker"].arn
  cpu                   = var.worker.cpu
  memory                = var.worker.memory
  ephemeral_storage_gib = local.worker_disk_gib
  environment           = merge(local.environment, local.redis_environment, local.worker_environment, var.extra_environment)
  writable_paths        = { "/work" = "work" }

  security_group_id = aws_security_group.this["worker"].id
  task_policy       = local.task_policies.worker
  # Where the vCPU quota does not allow as many new tasks as there are old ones, half of them make room. Not 150 %: of one
  # task that would be one.
  deployment = { minimum_percent = 50, maximum_percent = 200 }
  task_count = var.worker.min_tasks
  capacity   = var.worker.capacity

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

# Sends webhooks and e-mails, by the worker's image. It converts nothing, needs no Redis, and has no secret but that of a
# mail server.
module "notifier" {
  source = "./modules/ecs-service"
  fleet  = local.fleet
  name   = "notifier"

  image          = local.images.worker
  repository_arn = aws_ecr_repository.this["worker"].arn
  cpu            = var.notifier.cpu
  memory         = var.notifier.memory
  environment    = merge(local.environment, local.mail_environment, { WORKER_ROLE = "notifier" }, var.extra_environment)
  secrets        = local.mail_secrets
  writable_paths = { "/work" = "work" }

  security_group_id = aws_security_group.this["notifier"].id
  task_policy       = local.task_policies.notifier
  deployment        = { minimum_percent = 0, maximum_percent = 200 }
  task_count        = local.notifier_tasks
  capacity          = var.worker.capacity

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
