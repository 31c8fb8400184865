variable "image_versions" {
  description = "What to run of the two image repositories: a tag or a digest (sha256:…) each."
  type = object({
    api    = string
    worker = string
  })
  nullable = false

  validation {
    condition = alltrue([
      for version in values(var.image_versions) :
      version != "latest" && can(regex("^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$", version))
    ])
    error_message = "image_versions: expected tags or sha256 digests, and never `latest`, which names another image every week."
  }
}

variable "cpu_architecture" {
  description = "X86_64 or ARM64 (some 20 % cheaper); the images must be built for it."
  type        = string
  default     = "X86_64"
  nullable    = false

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture: expected X86_64 or ARM64."
  }
}

variable "api" {
  description = "The API service. cpu in 1/1024 vCPU and memory in MiB as Fargate sells them; min_tasks and max_tasks bound autoscaling, min_tasks is what runs at first; capacity chooses between FARGATE (on_demand) and FARGATE_SPOT."
  type = object({
    cpu       = optional(number, 512)
    memory    = optional(number, 1024)
    min_tasks = optional(number, 2)
    max_tasks = optional(number, 6)
    capacity = optional(object({
      on_demand_base   = optional(number, 1)
      on_demand_weight = optional(number, 1)
      spot_weight      = optional(number, 0)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.api.min_tasks >= 1 && var.api.max_tasks >= var.api.min_tasks
    error_message = "api: expected min_tasks of at least 1 and max_tasks not below it."
  }
}

variable "worker" {
  description = "The worker service, as api. min_tasks 0 scales to zero: the first task then starts only after an alarm, two to three minutes after the first message. concurrency is conversions at once in one task; default one per vCPU."
  type = object({
    cpu         = optional(number, 1024)
    memory      = optional(number, 2048)
    min_tasks   = optional(number, 1)
    max_tasks   = optional(number, 10)
    concurrency = optional(number)
    capacity = optional(object({
      on_demand_base   = optional(number, 0)
      on_demand_weight = optional(number, 1)
      spot_weight      = optional(number, 4)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.worker.min_tasks >= 0 && var.worker.max_tasks >= max(1, var.worker.min_tasks)
    error_message = "worker: expected min_tasks of at least 0 and max_tasks of at least 1 and not below it."
  }
  validation {
    condition     = var.worker.min_tasks > 0 || var.enable_autoscaling
    error_message = "worker.min_tasks: expected at least 1 without enable_autoscaling, or no job would ever run."
  }
  validation {
    condition     = var.worker.concurrency == null ? true : contains(range(1, 65), var.worker.concurrency)
    error_message = "worker.concurrency: expected 1 to 64."
  }
  validation {
    # FFMPEG_MEMORY_BYTES for each conversion, and half a GiB for Node and its transfers.
    condition     = var.worker.memory * 1048576 >= tonumber(lookup(var.extra_environment, "WORKER_CONCURRENCY", coalesce(var.worker.concurrency, max(1, floor(var.worker.cpu / 1024))))) * tonumber(lookup(var.extra_environment, "FFMPEG_MEMORY_BYTES", "1500000000")) + 512 * 1048576
    error_message = "worker.memory: expected 1.5 GB (FFMPEG_MEMORY_BYTES) for each conversion at once, and 512 MiB besides; with less the kernel kills what it likes. Raise memory or lower concurrency."
  }
}

variable "notifier" {
  description = "The service that delivers webhooks, with the worker's image and capacity; cpu and memory as for api. tasks: default 1 where there is a way out (nat_gateways or tasks_in_public_subnets), else 0, and then no webhook is delivered. It counts at the first apply; later: aws ecs update-service --desired-count."
  type = object({
    cpu    = optional(number, 256)
    memory = optional(number, 512)
    tasks  = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.notifier.tasks == null ? true : contains(range(0, 101), var.notifier.tasks)
    error_message = "notifier.tasks: expected 0 to 100."
  }
}

variable "mail" {
  description = "Whom e-mails about ended jobs come from, such as wavefleet <noreply@example.com>; they need people who sign in, and a notifier with a way out (nat_gateways or tasks_in_public_subnets). Sent by Amazon SES, with create_identity from a domain that is verified by the DNS records of the output mail_dns_records; or by the server that a secret's text names (smtp_url_secret_arn, SMTP_URL), at smtp_port. null: none are sent."
  type = object({
    from                = string
    create_identity     = optional(bool, false)
    smtp_url_secret_arn = optional(string)
    smtp_port           = optional(number, 587)
  })
  default = null

  validation {
    condition     = var.mail == null ? true : can(regex("^([^<>\"]{1,100}<[^\\s<>@\"]+@[^\\s<>@\"]+>|[^\\s<>@\"]+@[^\\s<>@\"]+)$", var.mail.from))
    error_message = "mail.from: expected an address such as wavefleet <noreply@example.com>."
  }
  validation {
    condition     = try(var.mail.smtp_url_secret_arn, null) == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?$", var.mail.smtp_url_secret_arn))
    error_message = "mail.smtp_url_secret_arn: expected the whole ARN of a secret, alone or with :KEY:: behind it."
  }
  validation {
    condition     = var.mail == null || var.auth != "off"
    error_message = "mail: expected auth other than off: e-mails go to people who have signed in."
  }
}

variable "max_upload_bytes" {
  description = "Largest source file in one request, in bytes (MAX_UPLOAD_BYTES)."
  type        = number
  default     = 110100480
  nullable    = false

  validation {
    condition     = var.max_upload_bytes >= 1 && floor(var.max_upload_bytes) == var.max_upload_bytes
    error_message = "max_upload_bytes: expected a whole number from 1."
  }
}

variable "max_resumable_upload_bytes" {
  description = "Largest source file in parts or in the bucket, in bytes (MAX_RESUMABLE_UPLOAD_BYTES); the workers' disks are sized by it, so it is less than the 5 GiB of one machine."
  type        = number
  default     = 1073741824
  nullable    = false

  validation {
    condition     = var.max_resumable_upload_bytes >= 1 && floor(var.max_resumable_upload_bytes) == var.max_resumable_upload_bytes
    error_message = "max_resumable_upload_bytes: expected a whole number from 1."
  }
}

variable "max_output_bytes" {
  description = "What one FFmpeg run may write, in bytes (MAX_OUTPUT_BYTES); the workers' disks are sized by it."
  type        = number
  default     = 4294967296
  nullable    = false

  validation {
    condition     = var.max_output_bytes >= 1048576 && floor(var.max_output_bytes) == var.max_output_bytes
    error_message = "max_output_bytes: expected a whole number from 1048576."
  }
}

variable "extra_environment" {
  description = "Further settings of api and worker by their names in docs/settings.md. They win over those made here. Not for secrets: task definitions are readable."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.extra_environment), "AWS_ENDPOINT_URL")
    error_message = "extra_environment: AWS_ENDPOINT_URL is for emulators."
  }
  validation {
    condition     = !contains(keys(var.extra_environment), "AUTH")
    error_message = "extra_environment: AUTH is the variable auth."
  }
}

variable "api_environment" {
  description = "Further settings of the API alone, such as those of signing in (GOOGLE_CLIENT_ID, OIDC_ISSUER). They win over all others. Not for secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.api_environment), "AUTH")
    error_message = "api_environment: AUTH is the variable auth."
  }
}

variable "api_secret_arns" {
  description = "Secrets Manager secrets whose texts are settings of the API, by their names, such as TOKEN_KEYS and GOOGLE_CLIENT_SECRET. Of a text in JSON one key can be taken: its name behind the ARN, as ARN:KEY::."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in values(var.api_secret_arns) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?$", arn))])
    error_message = "api_secret_arns: expected whole ARNs of secrets, such as arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf, alone or with :KEY:: behind them."
  }
  validation {
    condition     = length(setintersection(keys(var.api_secret_arns), keys(merge(var.extra_environment, var.api_environment)))) == 0
    error_message = "api_secret_arns: expected no setting that stands in extra_environment or api_environment too: ECS starts no task that has one twice."
  }
}

variable "debug_token_secret_arn" {
  description = "Secrets Manager secret whose text is DEBUG_TOKEN of the API (16 characters or more): who sends it may ask the debug routes. null: they answer nobody."
  type        = string
  default     = null

  validation {
    condition     = var.debug_token_secret_arn == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?$", var.debug_token_secret_arn))
    error_message = "debug_token_secret_arn: expected the whole ARN of a secret, alone or with :KEY:: behind it."
  }
}

variable "wait_for_steady_state" {
  description = "Let `terraform apply` wait until the services are steady. Needs images in the repositories."
  type        = bool
  default     = false
  nullable    = false
}

variable "container_insights" {
  description = "disabled, enabled or enhanced: figures of tasks and cluster beyond processor and memory, billed as custom metrics. Nothing here reads them."
  type        = string
  default     = "disabled"
  nullable    = false

  validation {
    condition     = contains(["disabled", "enabled", "enhanced"], var.container_insights)
    error_message = "container_insights: expected disabled, enabled or enhanced."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the logs of api, worker and notifier, and that the bucket of traffic_logs keeps its own."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: expected one of CloudWatch's steps, such as 7, 14, 30, 90 or 365."
  }
}
