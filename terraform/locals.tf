data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # The one description of tables, queues, bucket and events; the code and the local stacks read the same file.
  resources = jsondecode(file("${path.module}/../contracts/src/resources.json"))

  suffix    = "-${var.environment}"
  name      = "wavefleet${local.suffix}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # Where the page is served from, and so the origin of its requests to S3.
  api_url = var.certificate_arn == null ? "http://${aws_lb.api.dns_name}" : "https://${var.domain_name}"

  # What belongs to us alone may go with `terraform destroy` only when nothing is protected.
  disposable = !var.deletion_protection
}
