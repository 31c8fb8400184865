variable "name" {
  description = "The service's name in its cluster, e.g. api."
  type        = string
}

variable "fleet" {
  description = "What all services of the fleet have in common."
  type = object({
    # Begins the names of what is shared by the account: roles, log group, task definition family.
    prefix = string
    # Region of the logs; part of the roles' names, which are the account's.
    region = string
    # Id of the account, for whose tasks alone the roles may be assumed.
    account = string
    # Partition of ARNs: aws, aws-cn, aws-us-gov.
    partition = string
    # The cluster.
    cluster_arn = string
    # X86_64 or ARM64.
    cpu_architecture = string
    # uid:gid of the process.
    user = string
    # Command inside the container whose exit code 0 means healthy, as ["CMD", …].
    health_command = list(string)
    # Private subnets.
    subnet_ids = list(string)
    # Give tasks a public address: subnets without endpoints and NAT reach AWS by it.
    assign_public_ip = bool
    # Delete the service with whatever runs in it.
    force_delete = bool
    # Days that CloudWatch keeps the log.
    log_retention_days = number
    # Let apply wait for the deployment's end.
    wait_for_steady_state = bool
  })
}

variable "image" {
  description = "Image with tag or digest."
  type        = string
}

variable "repository_arn" {
  description = "ECR repository that the image is pulled from."
  type        = string
}

variable "cpu" {
  description = "Processor of a task in 1/1024 vCPU."
  type        = number
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number

  # AWS: "Amazon ECS task definition parameters for Fargate", task size.
  validation {
    condition = contains(lookup({
      256   = [512, 1024, 2048]
      512   = range(1024, 4097, 1024)
      1024  = range(2048, 8193, 1024)
      2048  = range(4096, 16385, 1024)
      4096  = range(8192, 30721, 1024)
      8192  = range(16384, 61441, 4096)
      16384 = range(32768, 122881, 8192)
    }, var.cpu, []), var.memory)
    error_message = "${var.name}: Fargate sells no task with cpu ${var.cpu} and memory ${var.memory}. Expected e.g. 256 with 512 to 2048, 512 with 1024 to 4096, 1024 with 2048 to 8192, 2048 with 4096 to 16384 (in steps of 1024)."
  }
}

variable "ephemeral_storage_gib" {
  description = "Disk of a task in GiB, the image's layers included; null takes Fargate's own 20."
  type        = number
  default     = null

  validation {
    condition     = var.ephemeral_storage_gib == null ? true : contains(range(21, 201), var.ephemeral_storage_gib)
    error_message = "${var.name}: its jobs may need more disk than the 200 GiB that Fargate gives a task. Lower the concurrency, max_resumable_upload_bytes or max_output_bytes."
  }
}

variable "environment" {
  description = "Settings of the process."
  type        = map(string)
}

variable "secrets" {
  description = "Settings that come from Secrets Manager: name → secret ARN."
  type        = map(string)
  default     = {}
}

variable "writable_paths" {
  description = "Folders that the process may write to: path → volume name. The image declares each as VOLUME with the owner it wants; Fargate copies that owner."
  type        = map(string)
  default     = {}
}

variable "port" {
  description = "Port that the process listens on; null for one that only polls."
  type        = number
  default     = null
}

variable "target_group_arn" {
  description = "Load balancer's target group of the port."
  type        = string
  default     = null
}

variable "security_group_id" {
  description = "What the tasks may reach and who may reach them."
  type        = string
}

variable "task_policy" {
  description = "What the code may do: an IAM policy as JSON."
  type        = string
}

variable "task_count" {
  description = "Tasks at first; autoscaling owns the number afterwards."
  type        = number
}

variable "capacity" {
  description = "Tasks that always run on demand, and how the others are shared between FARGATE and FARGATE_SPOT."
  type = object({
    on_demand_base   = number
    on_demand_weight = number
    spot_weight      = number
  })

  validation {
    condition     = var.capacity.on_demand_base >= 0 && min(var.capacity.on_demand_weight, var.capacity.spot_weight) >= 0 && var.capacity.on_demand_weight + var.capacity.spot_weight > 0
    error_message = "${var.name}: expected a base of at least 0 and weights of which one is above 0."
  }
}

variable "deployment" {
  description = "Percent of the wanted tasks that a deployment keeps (minimum) and may have at once (maximum)."
  type = object({
    minimum_percent = optional(number, 100)
    maximum_percent = optional(number, 200)
  })
  default = {}
}
