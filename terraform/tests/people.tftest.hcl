# Who may use the fleet: by default nobody whom it does not know.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment     = "test"
  ingress_cidrs   = ["0.0.0.0/0"]
  image_versions  = { api = "1.2.3", worker = "1.2.3" }
  silent_alarms   = true
  certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
  domain_name     = "audio.example.com"
  nat_gateways    = 1
  api_environment = { GOOGLE_CLIENT_ID = "client" }
  api_secret_arns = {
    TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
    GOOGLE_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:google-AbCdEf"
  }
}

run "defaults" {
  command = plan

  assert {
    condition     = { for variable in jsondecode(module.api.container_definitions)[0].environment : variable.name => variable.value if contains(["AUTH", "PUBLIC_URL", "GOOGLE_CLIENT_ID"], variable.name) } == { AUTH = "required", PUBLIC_URL = "https://audio.example.com", GOOGLE_CLIENT_ID = "client" }
    error_message = "Nobody whom the fleet does not know may use it; who signs in comes back to its name."
  }

  assert {
    condition     = jsondecode(module.api.container_definitions)[0].secrets[*].name == ["GOOGLE_CLIENT_SECRET", "TOKEN_KEYS"] && alltrue([for json in [module.worker.container_definitions, module.notifier.container_definitions] : length(jsondecode(json)[0].secrets) == 0 && !strcontains(json, "AUTH")])
    error_message = "The API alone knows who signs in, and with what."
  }
}

run "off" {
  command = plan

  variables {
    auth            = "off"
    nat_gateways    = 0
    api_environment = {}
    api_secret_arns = {}
  }

  assert {
    condition     = [for variable in jsondecode(module.api.container_definitions)[0].environment : variable.value if contains(["AUTH", "PUBLIC_URL"], variable.name)] == ["off"]
    error_message = "Said aloud, nobody signs in, and nothing is needed for it."
  }
}

run "behind_something_that_ends_tls" {
  command = plan

  variables {
    auth             = "optional"
    certificate_arn  = null
    domain_name      = null
    allow_plain_http = true
    api_environment  = { OIDC_ISSUER = "https://login.example", OIDC_CLIENT_ID = "client", PUBLIC_URL = "https://audio.example" }
    api_secret_arns = {
      TOKEN_KEYS         = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
      OIDC_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:oidc-AbCdEf"
    }
  }

  assert {
    condition     = { for variable in jsondecode(module.api.container_definitions)[0].environment : variable.name => variable.value if contains(["AUTH", "PUBLIC_URL"], variable.name) } == { AUTH = "optional", PUBLIC_URL = "https://audio.example" }
    error_message = "The address may be another's that ends TLS."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.audio.cors_rule).allowed_origins == toset(["http://wavefleet.elb.example", "https://audio.example"])
    error_message = "The page sends its uploads to S3 from the address under which browsers find it."
  }
}

run "behind_something_with_another_name" {
  command = plan

  variables {
    api_environment   = { GOOGLE_CLIENT_ID = "client" }
    extra_environment = { PUBLIC_URL = "https://www.example.com/" }
  }

  assert {
    condition = one(aws_s3_bucket_cors_configuration.audio.cors_rule).allowed_origins == toset(["https://audio.example.com", "https://www.example.com"]) && { for variable in jsondecode(module.api.container_definitions)[0].environment : variable.name => variable.value if contains(["ALLOWED_HOSTS", "PUBLIC_URL"], variable.name) } == {
      ALLOWED_HOSTS = "audio.example.com,www.example.com"
      PUBLIC_URL    = "https://www.example.com/"
    }
    error_message = "Both names are answered, and both may use S3, wherever the address was set."
  }
}

run "refused_without_keys" {
  command = plan

  variables {
    api_secret_arns = { GOOGLE_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:google-AbCdEf" }
  }

  expect_failures = [var.auth]
}

run "refused_without_a_provider" {
  command = plan

  variables {
    api_environment = { OIDC_ISSUER = "https://login.example" }
  }

  expect_failures = [var.auth]
}

run "refused_without_its_secret" {
  command = plan

  variables {
    api_environment = { GITHUB_CLIENT_ID = "client" }
  }

  expect_failures = [var.auth]
}

run "refused_over_plain_http" {
  command = plan

  variables {
    certificate_arn  = null
    domain_name      = null
    allow_plain_http = true
  }

  expect_failures = [var.auth]
}

run "refused_without_a_way_out" {
  command = plan

  variables {
    nat_gateways = 0
  }

  expect_failures = [var.auth]
}

run "refused_in_two_places" {
  command = plan

  variables {
    api_environment   = { GOOGLE_CLIENT_ID = "client", AUTH = "off" }
    extra_environment = { AUTH = "off" }
  }

  expect_failures = [var.api_environment, var.extra_environment]
}
