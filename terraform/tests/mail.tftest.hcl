# E-mails: who sends them, as whom, and by whose leave.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment    = "test"
  ingress_cidrs  = ["198.51.100.0/24"]
  image_versions = { api = "1.2.3", worker = "1.2.3" }
  # Trials; what is refused without them is in network, people and scaling.
  allow_plain_http = true
  silent_alarms    = true
  nat_gateways     = 1
  api_environment  = { GITHUB_CLIENT_ID = "client" }
  api_secret_arns = {
    TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
    GITHUB_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf"
  }
}

run "mail_by_ses" {
  command = plan

  variables {
    domain_name     = "audio.example"
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/test"
    mail            = { from = "wavefleet <noreply@mail.example>", create_identity = true }
  }

  assert {
    condition     = [for service in [module.api, module.notifier] : { for variable in jsondecode(service.container_definitions)[0].environment : variable.name => variable.value if contains(["MAIL_FROM", "PUBLIC_URL"], variable.name) }] == [for service in ["api", "notifier"] : { MAIL_FROM = "wavefleet <noreply@mail.example>", PUBLIC_URL = "https://audio.example" }]
    error_message = "Who offers e-mails and who sends them know whom they come from, and where links lead."
  }

  assert {
    condition     = [for statement in jsondecode(module.notifier.task_policy).Statement : statement.Condition if statement.Sid == "Mail"] == [{ StringEquals = { "ses:FromAddress" = "noreply@mail.example" } }] && !strcontains(module.api.task_policy, "ses:") && !strcontains(module.worker.task_policy, "ses:")
    error_message = "The notifier alone may send, as that sender alone."
  }

  assert {
    condition = [
      for place in [aws_cloudwatch_metric_alarm.this["mails-given-up"], aws_cloudwatch_log_metric_filter.this["notifier-mail.given-up"].metric_transformation[0]] :
      [place.namespace, try(place.metric_name, place.name)]
    ] == [for place in range(2) : ["wavefleet/test", "MailsGivenUp"]] && aws_cloudwatch_metric_alarm.this["mails-given-up"].threshold == 5
    error_message = "Somebody hears of e-mails that are given up, by what the notifier's log counts."
  }

  assert {
    condition     = aws_sesv2_email_identity.this[0].email_identity == "mail.example" && length(aws_vpc_security_group_egress_rule.mail) == 0
    error_message = "The identity is the sender's domain, and SES is reached like all of AWS."
  }
}

run "mail_by_a_server" {
  command = plan

  variables {
    api_environment = { GITHUB_CLIENT_ID = "client", PUBLIC_URL = "https://audio.example" }
    mail            = { from = "noreply@mail.example", smtp_url_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:smtp" }
  }

  assert {
    condition     = jsondecode(module.notifier.container_definitions)[0].secrets == [{ name = "SMTP_URL", valueFrom = "arn:aws:secretsmanager:us-east-1:111122223333:secret:smtp" }] && !strcontains(module.api.container_definitions, "SMTP_URL") && !strcontains(module.notifier.task_policy, "ses:") && aws_vpc_security_group_egress_rule.mail[0].to_port == 587
    error_message = "The notifier alone has the server's address with its password, and a way there."
  }
}

run "mail_to_nobody" {
  command = plan

  variables {
    auth = "off"
    mail = { from = "noreply@mail.example" }
  }

  expect_failures = [var.mail]
}

run "mail_by_no_secret" {
  command = plan

  variables {
    api_environment = { GITHUB_CLIENT_ID = "client", PUBLIC_URL = "https://audio.example" }
    mail            = { from = "noreply@mail.example", smtp_url_secret_arn = "arn:aws:ssm:us-east-1:111122223333:parameter/smtp" }
  }

  expect_failures = [var.mail]
}
