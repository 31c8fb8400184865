# Who may use the fleet. Its default lets in nobody whom it does not know.

variable "auth" {
  description = "AUTH of the API. required: without a sign-in or an API key there is nothing but the catalogue. optional: who signs in has one history everywhere, and whoever ingress_cidrs lets in may convert. off: nobody signs in, and they may all the same. The first two need TOKEN_KEYS in api_secret_arns, a provider in api_environment (GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, or OIDC_ISSUER with OIDC_CLIENT_ID), HTTPS, and a way out to that provider."
  type        = string
  default     = "required"
  nullable    = false

  validation {
    condition     = contains(["required", "optional", "off"], var.auth)
    error_message = "auth: expected required, optional or off."
  }
  validation {
    condition     = var.auth == "off" || contains(keys(var.api_secret_arns), "TOKEN_KEYS")
    error_message = "auth: expected TOKEN_KEYS in api_secret_arns, a secret with what `npx wavefleet token-keys` prints; or auth = \"off\", where whoever ingress_cidrs lets in may use the fleet."
  }
  validation {
    condition = var.auth == "off" || anytrue([
      for names in [["GOOGLE_CLIENT_ID"], ["GITHUB_CLIENT_ID"], ["OIDC_ISSUER", "OIDC_CLIENT_ID"]] :
      length(setsubtract(names, keys(merge(var.extra_environment, var.api_environment)))) == 0
    ])
    error_message = "auth: expected a provider in api_environment: GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID, or OIDC_ISSUER with OIDC_CLIENT_ID; or auth = \"off\"."
  }
  validation {
    condition = var.auth == "off" || alltrue([
      for provider in ["GOOGLE", "GITHUB", "OIDC"] :
      contains(keys(var.api_secret_arns), "${provider}_CLIENT_SECRET") || !contains(keys(merge(var.extra_environment, var.api_environment)), "${provider}_CLIENT_ID")
    ])
    error_message = "auth: expected the secret of each provider in api_secret_arns: GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_SECRET or OIDC_CLIENT_SECRET."
  }
  validation {
    condition     = var.auth == "off" || var.certificate_arn != null || startswith(lookup(merge(var.extra_environment, var.api_environment), "PUBLIC_URL", ""), "https://")
    error_message = "auth: expected certificate_arn and domain_name, or an https PUBLIC_URL in api_environment where something in front ends TLS: nobody signs in over plain HTTP; or auth = \"off\"."
  }
  validation {
    condition     = var.auth == "off" || var.nat_gateways > 0 || var.tasks_in_public_subnets
    error_message = "auth: expected nat_gateways of at least 1, or tasks_in_public_subnets: the API asks the provider who somebody is; or auth = \"off\"."
  }
}
