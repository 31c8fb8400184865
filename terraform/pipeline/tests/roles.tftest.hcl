# Who may deploy and who may only look.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::state" }
  }
}

variables {
  repository = "somebody/wavefleet"
}

run "roles" {
  command = plan

  assert {
    condition = { for name, role in aws_iam_role.this : name => one(jsondecode(role.assume_role_policy).Statement).Condition.StringEquals["token.actions.githubusercontent.com:sub"] } == {
      deploy = ["repo:somebody/wavefleet:environment:dev", "repo:somebody/wavefleet:environment:prod"]
      plan   = ["repo:somebody/wavefleet:pull_request"]
    }
    error_message = "Jobs of the repository's environments deploy, its pull requests plan, and nobody else gets in."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      alltrue([for action in statement.Action : startswith(action, "iam:")]) && !strcontains(statement.Resource, ":role/*") && !strcontains(statement.Resource, "github-")
    ])
    error_message = "Of IAM the deploying role changes the fleet's roles, and not itself."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement :
      alltrue([for action in statement.Action : can(regex(":(Get|List|Describe)", action))])
    ])
    error_message = "The planning role changes nothing."
  }

  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement : statement.Action if statement.Sid == "Sources"])) == toset(["ec2:DescribeAvailabilityZones", "ec2:DescribeVpcEndpointServices"])
    error_message = "It asks what the fleet's data sources ask, and no more."
  }
}

run "existing_provider" {
  command = plan

  variables {
    existing_provider_arn = "arn:aws:iam::111122223333:oidc-provider/theirs"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && one(jsondecode(aws_iam_role.this["plan"].assume_role_policy).Statement).Principal.Federated == "arn:aws:iam::111122223333:oidc-provider/theirs"
    error_message = "An account has one provider for GitHub."
  }
}

run "refused_values" {
  command = plan

  variables {
    repository   = "wavefleet"
    environments = []
  }

  expect_failures = [var.repository, var.environments]
}
