variable "enable_autoscaling" {
  description = "Scale both services. false leaves them at min_tasks: for stands that do not know Application Auto Scaling."
  type        = bool
  default     = true
  nullable    = false
}

variable "target_fill" {
  description = "How full the slots of the workers should be, 0 to 1: the target of DesiredLoad. What is left takes the next jobs at once."
  type        = number
  default     = 0.8
  nullable    = false

  validation {
    condition     = var.target_fill > 0 && var.target_fill <= 1
    error_message = "target_fill: expected more than 0 and at most 1."
  }
}

variable "target_latency_seconds" {
  description = "How long a job may wait for a worker, in seconds (TARGET_LATENCY_SECONDS): waiting jobs count as the slots that would get through them within it."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.target_latency_seconds >= 1 && var.target_latency_seconds <= 86400 && floor(var.target_latency_seconds) == var.target_latency_seconds
    error_message = "target_latency_seconds: expected a whole number from 1 to 86400, a day."
  }
}

variable "mean_job_seconds" {
  description = "What a job takes on average on these tasks, in seconds (MEAN_JOB_SECONDS): it counts as ten jobs beside those that ended in the last hour, which are measured."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.mean_job_seconds >= 1 && var.mean_job_seconds <= 86400 && floor(var.mean_job_seconds) == var.mean_job_seconds
    error_message = "mean_job_seconds: expected a whole number from 1 to 86400, a day."
  }
}

variable "worker_cooldown_seconds" {
  description = "Pauses between two changes of the number of workers. out outlasts CloudWatch's delay and a task's start, so that no metric is answered twice; in is long, because a worker that goes hands its job over."
  type = object({
    out = optional(number, 240)
    in  = optional(number, 300)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.worker_cooldown_seconds.out >= 0 && var.worker_cooldown_seconds.in >= 0
    error_message = "worker_cooldown_seconds: expected 0 or more."
  }
}

variable "api_target_cpu_percent" {
  description = "Mean processor use at which the API gets another task."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.api_target_cpu_percent > 0 && var.api_target_cpu_percent <= 100
    error_message = "api_target_cpu_percent: expected 1 to 100."
  }
}

variable "api_target_requests_per_minute" {
  description = "Requests a minute and task at which the API gets another task."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.api_target_requests_per_minute > 0
    error_message = "api_target_requests_per_minute: expected more than 0."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic of yours that hears of alarms and of their end."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null || can(regex("^arn:[a-z-]+:sns:", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: expected the ARN of an SNS topic."
  }
  validation {
    condition     = var.alarm_topic_arn != null || length(var.alarm_emails) > 0 || var.silent_alarms
    error_message = "alarm_topic_arn: expected one, or alarm_emails, or silent_alarms = true: an alarm that nobody hears helps nobody."
  }
}

variable "alarm_emails" {
  description = "Addresses that hear of alarms: makes a topic. Each has to confirm a mail from AWS first."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails: expected addresses."
  }
}

variable "silent_alarms" {
  description = "Alarms show in CloudWatch only: for trials."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarm_thresholds" {
  description = "When alarms go off: age of the oldest waiting job (seconds), minutes that work waits without a worker, age of the oldest outcome that nobody has read (seconds), webhooks that wait for a notifier, e-mails given up in an hour (an address that is none counts as well), refused calls to a table in a minute, 5xx answers in 5 minutes, p95 seconds until an answer begins (uploads count from their first byte to their answer), processor and memory use in percent. Workers are meant to be busy, hence their own processor limit."
  type = object({
    oldest_waiting_seconds   = optional(number, 900)
    oldest_event_seconds     = optional(number, 86400)
    waiting_webhooks         = optional(number, 1000)
    mails_given_up_per_hour  = optional(number, 5)
    throttles_per_minute     = optional(number, 10)
    errors_per_5_minutes     = optional(number, 5)
    p95_seconds              = optional(number, 5)
    api_cpu_percent          = optional(number, 85)
    worker_cpu_percent       = optional(number, 99)
    memory_percent           = optional(number, 85)
    redis_percent            = optional(number, 80)
    minutes_without_a_worker = optional(number, 10)
  })
  default  = {}
  nullable = false
}
