variable "region" {
  description = "AWS region of everything here."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "environment" {
  description = "Name of this copy of the fleet, e.g. dev or prod. It ends every resource's name, so that several copies share an account."
  type        = string
  nullable    = false

  validation {
    # Load balancer and Redis take no hyphen at the end, and Redis no two in a row.
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", var.environment)) && length(var.environment) <= 12
    error_message = "environment: expected 1 to 12 lower-case letters, digits or single hyphens between them, beginning with a letter."
  }
}

variable "tags" {
  description = "Tags on top of Project, Environment and ManagedBy."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Guards what cannot be made again: tables and load balancer refuse deletion, a bucket or image repository that holds anything stays. Set it to false (and apply) before `terraform destroy`."
  type        = bool
  default     = true
  nullable    = false
}

variable "bucket_name" {
  description = "The bucket's name. Default: wavefleet-audio-ENVIRONMENT-ACCOUNT-REGION, since bucket names are shared by the whole world."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name: expected 3 to 63 lower-case letters, digits or hyphens."
  }
}

variable "bucket_versioning" {
  description = "Disabled, Enabled or (after Enabled) Suspended. The fleet pins every source by its ETag, so it needs no versions; with them, deleted bytes are billed for noncurrent_version_days more."
  type        = string
  default     = "Disabled"
  nullable    = false

  validation {
    condition     = contains(["Disabled", "Enabled", "Suspended"], var.bucket_versioning)
    error_message = "bucket_versioning: expected Disabled, Enabled or Suspended."
  }
}

variable "noncurrent_version_days" {
  description = "Days until a replaced or deleted version is gone. Without versions it has no effect."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1
    error_message = "noncurrent_version_days: expected at least 1."
  }
}

variable "page_origins" {
  description = "Origins whose pages may use presigned URLs, besides the load balancer's own and that of PUBLIC_URL."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.page_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "page_origins: expected origins such as https://audio.example.com, without path or wildcard."
  }
}

variable "point_in_time_recovery" {
  description = "Continuous backups of all tables but that of progress (35 days)."
  type        = bool
  default     = true
  nullable    = false
}

variable "tables_managed_key" {
  description = "Encrypt tables with the account's aws/dynamodb key, whose use CloudTrail shows and KMS bills. Default: DynamoDB's own key, free of charge."
  type        = bool
  default     = false
  nullable    = false
}

variable "queue_kms_key_arn" {
  description = "KMS key for the queues. Its policy must let s3.amazonaws.com and events.amazonaws.com use kms:GenerateDataKey and kms:Decrypt, and the network must reach KMS (additional_interface_endpoints = [\"kms\"]) where messages are read. Default: SQS's own key, free of charge."
  type        = string
  default     = null

  validation {
    condition     = var.queue_kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.queue_kms_key_arn))
    error_message = "queue_kms_key_arn: expected the ARN of a KMS key."
  }
}

variable "keep_former_indexes" {
  description = "Keeps the indexes that the version before reads, for a deployment that comes from it: true while its tasks are replaced, false in the next apply, since every change of a job is written to them as well. README.md, \"Upgrade\"."
  type        = bool
  default     = false
  nullable    = false
}

variable "event_archive_days" {
  description = "Days that EventBridge keeps announced outcomes for a replay."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.event_archive_days >= 1 && floor(var.event_archive_days) == var.event_archive_days
    error_message = "event_archive_days: expected a whole number of days from 1 (0 would keep them for ever)."
  }
}

variable "redis" {
  description = "ElastiCache, which carries progress, what callers may ask for, whose turn it is and how processes are doing, and may be lost: engine valkey or redis, its version (default 8.0, of redis 7.1), node type, replicas (with one or more it spans zones and fails over)."
  type = object({
    engine    = optional(string, "valkey")
    version   = optional(string)
    node_type = optional(string, "cache.t4g.micro")
    replicas  = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["valkey", "redis"], var.redis.engine)
    error_message = "redis.engine: expected valkey or redis."
  }
  validation {
    # AWS: "Supported engines and versions"; tasks sign in by IAM, which older ones do not know ("Authenticating with IAM").
    condition     = var.redis.version == null ? true : can(regex(var.redis.engine == "redis" ? "^7\\.[01]$" : "^(7\\.2|([89]|[1-9][0-9])\\.[0-9]+)$", var.redis.version))
    error_message = "redis.version: expected 7.2 or later of valkey, such as 8.0, and of redis 7.0 or 7.1, its last one here."
  }
  validation {
    condition     = var.redis.replicas >= 0 && var.redis.replicas <= 5
    error_message = "redis.replicas: expected 0 to 5."
  }
  validation {
    condition     = startswith(var.redis.node_type, "cache.")
    error_message = "redis.node_type: expected a node type such as cache.t4g.micro."
  }
}
