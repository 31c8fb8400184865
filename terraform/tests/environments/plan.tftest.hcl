# Any tfvars file of ours makes a whole plan once the values that are left to you are given:
# terraform test -test-directory=tests/environments -var-file=environments/prod.tfvars

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  ingress_cidrs  = ["198.51.100.0/24"]
  image_versions = { api = "1.2.3", worker = "1.2.3" }
}

run "applies" {
  assert {
    condition     = endswith(aws_ecs_cluster.this.name, "-${var.environment}")
    error_message = "The cluster carries the environment's name."
  }
}
