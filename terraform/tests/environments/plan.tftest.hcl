# Any tfvars file of ours makes a whole plan once the values that are left to you are given:
# terraform test -test-directory=tests/environments -var-file=environments/prod.tfvars
# It applies, with values of AWS's unknown until then: no count and no for_each may ask for one. The other tests only plan.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "applies" {
  variables {
    ingress_cidrs   = ["198.51.100.0/24"]
    image_versions  = { api = "1.2.3", worker = "1.2.3" }
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    domain_name     = "audio.example.com"
    alarm_emails    = ["ops@example.com"]
    api_environment = { GITHUB_CLIENT_ID = "client" }
    api_secret_arns = {
      TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
      GITHUB_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf"
    }
  }

  assert {
    condition     = endswith(aws_ecs_cluster.this.name, "-${var.environment}")
    error_message = "The cluster carries the environment's name."
  }

  assert {
    condition     = length(aws_lb_listener.https) == 1 && alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : length(alarm.alarm_actions) == 1])
    error_message = "HTTPS is served, and alarms reach somebody."
  }
}
