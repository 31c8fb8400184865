terraform {
  # 1.9: variables may be validated against one another. `terraform test` with overridden plans wants 1.11.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = merge({
      Project     = "wavefleet"
      Environment = var.environment
      ManagedBy   = "terraform"
    }, var.tags)
  }
}
