variable "repository" {
  description = "Repository on GitHub whose jobs may deploy, as OWNER/NAME."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository: expected OWNER/NAME."
  }
}

variable "environments" {
  description = "Environments of that repository whose jobs may deploy. Protect prod there with required reviewers."
  type        = set(string)
  default     = ["dev", "prod"]
  nullable    = false

  validation {
    condition     = length(var.environments) > 0 && alltrue([for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "environments: expected at least one name of lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the state, and of the fleets."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "existing_provider_arn" {
  description = "The account's OIDC provider for GitHub, when there is one already: an account has at most one."
  type        = string
  default     = null
}
