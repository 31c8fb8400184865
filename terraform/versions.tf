terraform {
  # 1.9: variables may be validated against one another. `terraform test` with overridden plans wants 1.11.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Written for both: nothing here was deprecated or changed by 6. Run with 5.100.
      version = ">= 5.100, < 7.0"
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
