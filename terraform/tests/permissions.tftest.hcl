# Roles: exactly the actions of task-actions.json on exactly our resources, and nothing with a wildcard.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = aws_dynamodb_table.this["jobs"]
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:111122223333:table/jobs" }
}

override_resource {
  target          = aws_dynamodb_table.this["uploads"]
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:111122223333:table/uploads" }
}

override_resource {
  target          = aws_dynamodb_table.this["accounts"]
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:111122223333:table/accounts" }
}

override_resource {
  target          = aws_dynamodb_table.this["webhooks"]
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:111122223333:table/webhooks" }
}

override_resource {
  target          = aws_sqs_queue.this["jobs"]
  override_during = plan
  values          = { arn = "arn:aws:sqs:us-east-1:111122223333:jobs" }
}

variables {
  environment    = "test"
  ingress_cidrs  = ["198.51.100.0/24"]
  image_versions = { api = "1.2.3", worker = "1.2.3" }
  # Trials; what is refused without them is in network, people and scaling.
  allow_plain_http = true
  silent_alarms    = true
  auth             = "off"
}

run "roles" {
  command = plan

  assert {
    condition = alltrue([for service, policy in { api = module.api.task_policy, worker = module.worker.task_policy } :
      sort(distinct(flatten(jsondecode(policy).Statement[*].Action))) == sort(distinct(flatten(values(local.task_actions[service]))))
    ])
    error_message = "A role has the actions of task-actions.json, no more and no fewer."
  }

  assert {
    condition = alltrue(flatten([for policy in [module.api.task_policy, module.worker.task_policy] : [
      for statement in jsondecode(policy).Statement :
      statement.Effect == "Allow" && alltrue([for action in statement.Action : !strcontains(action, "*")]) && can(regex("^arn:aws:[a-z0-9]+:[a-z0-9-]*:[0-9]*:[^*]+[*]?$", statement.Resource))
    ]]))
    error_message = "No action has a wildcard; no resource has one but at the end of a prefix."
  }

  assert {
    condition = toset([for statement in jsondecode(module.worker.task_policy).Statement : "${join(",", statement.Action)} ${statement.Resource}" if startswith(statement.Resource, "arn:aws:s3")]) == toset([
      "s3:ListBucket,s3:ListBucketMultipartUploads arn:aws:s3:::audio",
      "s3:GetObject,s3:AbortMultipartUpload,s3:DeleteObject arn:aws:s3:::audio/uploads/*",
      "s3:GetObject arn:aws:s3:::audio/drops/*",
      "s3:GetObject,s3:PutObject,s3:AbortMultipartUpload,s3:DeleteObject arn:aws:s3:::audio/conversions/*",
      "s3:GetObject,s3:PutObject arn:aws:s3:::audio/results/*",
    ])
    error_message = "Workers read sources, remove unfinished and expired uploads, and write results after a look at older ones, each below its prefix."
  }

  assert {
    condition = toset([for statement in jsondecode(module.api.task_policy).Statement : statement.Resource if startswith(statement.Resource, "arn:aws:dynamodb") && contains(statement.Action, "dynamodb:Query")]) == toset([
      "arn:aws:dynamodb:us-east-1:111122223333:table/jobs/index/history",
      "arn:aws:dynamodb:us-east-1:111122223333:table/jobs/index/due",
      "arn:aws:dynamodb:us-east-1:111122223333:table/accounts/index/byOwner",
      "arn:aws:dynamodb:us-east-1:111122223333:table/uploads/index/byOwner",
      "arn:aws:dynamodb:us-east-1:111122223333:table/webhooks/index/listed",
    ])
    error_message = "The API queries the history's index, lists keys, webhooks and what a browser has uploaded, and queries the reminders when it sweeps for the fleet."
  }

  assert {
    condition     = [for statement in jsondecode(module.worker.task_policy).Statement : statement.Resource if contains(statement.Action, "ecs:UpdateTaskProtection")] == ["arn:aws:ecs:us-east-1:111122223333:task/wavefleet-test/*"]
    error_message = "Workers protect tasks of this cluster only."
  }

  assert {
    condition = alltrue([for policy in [module.api.execution_policy, module.worker.execution_policy] :
      { for statement in jsondecode(policy).Statement : statement.Sid => statement.Action } == {
        Login = ["ecr:GetAuthorizationToken"]
        Image = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Log   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      }
    ])
    error_message = "ECS may pull the image and write the log; no more, as long as there is no secret."
  }

  assert {
    condition = { for name, policy in { api = module.api.task_policy, worker = module.worker.task_policy, notifier = module.notifier.task_policy } : name => toset([
      for statement in jsondecode(policy).Statement : statement.Resource if statement.Action == ["elasticache:Connect"]
      ]) } == {
      api      = toset(["arn:aws:elasticache:us-east-1:111122223333:replicationgroup:some", "arn:aws:elasticache:us-east-1:111122223333:user:some"])
      worker   = toset(["arn:aws:elasticache:us-east-1:111122223333:replicationgroup:some", "arn:aws:elasticache:us-east-1:111122223333:user:some"])
      notifier = toset([])
    }
    error_message = "API and workers sign in to Redis, as one user of one cache; the notifier does not."
  }

  assert {
    condition = alltrue(flatten([for policy in [module.api.execution_policy, module.worker.execution_policy] : [
      for statement in jsondecode(policy).Statement : statement.Sid == "Login" || !contains(flatten([statement.Resource]), "*")
    ]]))
    error_message = "Only the registry's login is not bound to a resource."
  }

  assert {
    condition = alltrue(flatten([for endpoint in values(aws_vpc_endpoint.gateway) : [
      for statement in jsondecode(endpoint.policy).Statement :
      alltrue([for action in statement.Action : !strcontains(action, "*")]) && alltrue([for resource in statement.Resource : resource != "*"])
    ]]))
    error_message = "The gateways let through named actions on named resources."
  }

  assert {
    condition     = toset(flatten([for endpoint in values(aws_vpc_endpoint.gateway) : jsondecode(endpoint.policy).Statement[*].Action])) == toset([for action in distinct(flatten([for grants in values(local.task_actions) : values(grants)])) : action if can(regex("^(s3|dynamodb):", action))])
    error_message = "The gateways let through what some task may do, and nothing else."
  }
}

run "debug_token" {
  command = plan

  variables {
    debug_token_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:debug-AbCdEf"
  }

  assert {
    condition = [for policy in [module.api.execution_policy, module.worker.execution_policy] :
      length([for statement in jsondecode(policy).Statement : statement if statement.Sid == "Secrets" && contains(flatten([statement.Resource]), var.debug_token_secret_arn)])
    ] == [1, 0]
    error_message = "The token is the API's alone."
  }
}

run "api_secrets" {
  command = plan

  variables {
    auth            = "optional"
    nat_gateways    = 1
    api_environment = { GITHUB_CLIENT_ID = "client", PUBLIC_URL = "https://audio.example" }
    api_secret_arns = {
      TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
      GITHUB_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf"
    }
  }

  assert {
    condition = [for policy in [module.api.execution_policy, module.worker.execution_policy] :
      length([for statement in jsondecode(policy).Statement : statement if statement.Sid == "Secrets" && contains(flatten([statement.Resource]), var.api_secret_arns.TOKEN_KEYS)])
    ] == [1, 0]
    error_message = "What signs tokens is the API's alone."
  }

  assert {
    condition = [for definition in [module.api.container_definitions, module.worker.container_definitions] :
      length([for variable in jsondecode(definition)[0].environment : variable if variable.name == "AUTH"])
    ] == [1, 0]
    error_message = "Workers know nothing of signing in, and would not start without its secrets."
  }
}

run "keys_of_one_secret" {
  command = plan

  variables {
    debug_token_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:wavefleet-AbCdEf:debug::"
    auth                   = "required"
    nat_gateways           = 1
    api_environment        = { GITHUB_CLIENT_ID = "client", PUBLIC_URL = "https://audio.example" }
    api_secret_arns = {
      TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:wavefleet-AbCdEf:keys::"
      GITHUB_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf"
    }
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(module.api.execution_policy).Statement : statement.Resource if statement.Sid == "Secrets"])) == toset([
      "arn:aws:secretsmanager:us-east-1:111122223333:secret:wavefleet-AbCdEf", "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf",
    ])
    error_message = "ECS may read the secrets, whichever key of their text a setting is."
  }

  assert {
    condition     = { for secret in jsondecode(module.api.container_definitions)[0].secrets : secret.name => secret.valueFrom }["TOKEN_KEYS"] == var.api_secret_arns.TOKEN_KEYS
    error_message = "A setting is that key."
  }
}

run "refused_secrets" {
  command = plan

  variables {
    debug_token_secret_arn = "wavefleet-debug"
    api_secret_arns        = { TOKEN_KEYS = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf:key" }
  }

  expect_failures = [var.debug_token_secret_arn, var.api_secret_arns]
}

run "refused_twice" {
  command = plan

  variables {
    api_environment = { DEBUG_TOKEN = "in plain sight, sixteen" }
    api_secret_arns = { DEBUG_TOKEN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:debug-AbCdEf" }
  }

  expect_failures = [var.api_secret_arns]
}
