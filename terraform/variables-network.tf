variable "ingress_cidrs" {
  description = "IPv4 ranges that may reach the load balancer. Without a sign-in (auth) whoever reaches it may use it. No default, so that opening it to everybody (0.0.0.0/0) is somebody's decision."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.ingress_cidrs) > 0 && alltrue([for cidr in var.ingress_cidrs : can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs: expected at least one IPv4 range such as 198.51.100.7/32."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC, /16 to /19 (a load balancer wants at least a /27 per zone). The first sixteenth holds the public subnets, the next ones a private subnet per zone."
  type        = string
  default     = "10.40.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && contains(range(16, 20), tonumber(try(split("/", var.vpc_cidr)[1], 0)))
    error_message = "vpc_cidr: expected an IPv4 range from /16 to /19."
  }
}

variable "zone_count" {
  description = "Availability zones. Interface endpoints are billed per zone."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains(range(2, 7), var.zone_count)
    error_message = "zone_count: expected 2 to 6; a load balancer wants two."
  }
}

variable "availability_zones" {
  description = "Zones to take, by name. Default: the first of those that have Fargate and every interface endpoint."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.availability_zones) == 0 || length(distinct(var.availability_zones)) >= 2
    error_message = "availability_zones: expected at least two, or none."
  }
}

variable "tasks_in_public_subnets" {
  description = "Give tasks public addresses instead of endpoints or NAT: some 40 $ a month less for a trial. Nobody reaches them all the same, the security groups let nothing in, but they can reach the whole internet on port 443."
  type        = bool
  default     = false
  nullable    = false
}

variable "nat_gateways" {
  description = "NAT gateways: 0, since everything that the tasks call has an endpoint in the VPC; 1; or one per zone (zone_count). Only for tasks that must reach the internet."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains([0, 1, var.zone_count], var.nat_gateways)
    error_message = "nat_gateways: expected 0, 1 or the number of zones."
  }
}

variable "interface_endpoints" {
  description = "Reach SQS, EventBridge, ECR, logs and secrets inside the VPC. false takes the way through NAT gateways instead: cheaper for a trial, but then tasks can reach the whole internet on port 443."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.interface_endpoints || var.nat_gateways > 0 || var.tasks_in_public_subnets
    error_message = "interface_endpoints: expected true, or nat_gateways of at least 1, or tasks_in_public_subnets: tasks must reach AWS somehow."
  }
}

variable "additional_interface_endpoints" {
  description = "Further services to reach without internet, by their short names: kms for an own queue key; ecs, ecs-agent and ecs-telemetry in regions opened since December 2023 (AWS: \"Amazon ECS interface VPC endpoints\")."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "certificate_arn" {
  description = "ACM certificate of domain_name, in this region: the load balancer speaks HTTPS and redirects HTTP. Without it everything goes over plain HTTP, which allow_plain_http has to allow."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:[a-z-]+:acm:", var.certificate_arn))
    error_message = "certificate_arn: expected the ARN of an ACM certificate."
  }
  validation {
    condition     = var.certificate_arn != null || var.allow_plain_http
    error_message = "certificate_arn: expected one, or allow_plain_http = true: without it uploads and results go over plain HTTP, for everybody on the way to read."
  }
}

variable "allow_plain_http" {
  description = "Do without a certificate: for trials."
  type        = bool
  default     = false
  nullable    = false
}

variable "sign_in" {
  description = "Cognito user pool whose people alone get in; its client needs a secret and the callback https://DOMAIN/oauth2/idpresponse. A company's own OIDC or SAML provider goes behind the pool: the load balancer's OIDC action would want its secret in Terraform's state. Browsers only; programs cannot sign in that way. null: whoever reaches the load balancer gets in."
  type = object({
    user_pool_arn       = string
    user_pool_client_id = string
    user_pool_domain    = string
  })
  default = null

  validation {
    condition     = var.sign_in == null || var.certificate_arn != null
    error_message = "sign_in: expected together with certificate_arn; a load balancer signs nobody in over plain HTTP."
  }
}

variable "web_acl_arn" {
  description = "WAFv2 web ACL of yours (regional) for the load balancer. Rules on the size of bodies would refuse uploads."
  type        = string
  default     = null
}

variable "requests_per_address" {
  description = "Requests in five minutes from one address above which it gets 429 for a while: makes a web ACL (about 6 $ a month). An upload in parts is many requests, none of them to the load balancer. null: none."
  type        = number
  default     = null

  validation {
    condition     = var.requests_per_address == null ? true : var.requests_per_address >= 10 && var.web_acl_arn == null
    error_message = "requests_per_address: expected 10 or more, and no web_acl_arn beside it."
  }
}

variable "traffic_logs" {
  description = "Keep who asked for what: access logs of load balancer and bucket, and flow logs of the VPC, in a bucket of their own for log_retention_days. They hold addresses of people, and whole links to results."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain_name" {
  description = "Name under which people reach the API; point a CNAME or alias record at the output load_balancer_dns_name. Wanted with certificate_arn."
  type        = string
  default     = null

  validation {
    condition     = (var.certificate_arn == null) == (var.domain_name == null)
    error_message = "domain_name: expected together with certificate_arn, or neither."
  }
}

variable "deregistration_delay_seconds" {
  description = "Seconds that requests under way at an API task that leaves may still take. Event streams resume elsewhere by themselves; an upload in parts goes on elsewhere, one in a single request has to be repeated."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.deregistration_delay_seconds >= 0 && var.deregistration_delay_seconds <= 3600
    error_message = "deregistration_delay_seconds: expected 0 to 3600."
  }
}
