output "api_url" {
  description = "Where the API and its page are."
  value       = local.api_url
}

output "load_balancer_dns_name" {
  description = "What domain_name must point at."
  value       = aws_lb.api.dns_name
}

output "bucket" {
  description = "Put files under drops/PRESET/ to have them converted."
  value       = aws_s3_bucket.audio.bucket
}

output "api_repository" {
  description = "Where to push the API's image."
  value       = aws_ecr_repository.this["api"].repository_url
}

output "worker_repository" {
  description = "Where to push the worker's image."
  value       = aws_ecr_repository.this["worker"].repository_url
}

output "image_versions" {
  description = "What runs of the two repositories: what a rollback goes back to."
  value       = var.image_versions
}

output "region" {
  description = "Region of everything here."
  value       = var.region
}

output "cluster" {
  description = "ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "services" {
  description = "ECS services in the cluster."
  value       = local.services
}

output "log_groups" {
  description = "CloudWatch log groups."
  value       = { api = module.api.log_group_name, worker = module.worker.log_group_name, notifier = module.notifier.log_group_name }
}

output "queue_urls" {
  description = "Queues by their names in resources.json. Outcomes arrive in events: yours to read."
  value       = { for id, queue in aws_sqs_queue.this : id => queue.url }
}

output "dead_letter_queue_urls" {
  description = "What could not be handled."
  value       = { for id, queue in aws_sqs_queue.dead_letter : id => queue.url }
}

output "event_bus" {
  description = "Bus of job outcomes; add rules of your own."
  value       = aws_cloudwatch_event_bus.this.name
}

output "dashboard_url" {
  description = "CloudWatch dashboard."
  value       = "https://console.aws.amazon.com/cloudwatch/home?region=${var.region}#dashboards:name=${local.name}"
}

output "settings" {
  description = "Settings of api and worker without their secrets, by environment name."
  value       = local.environment
}

output "mail_dns_records" {
  description = "CNAME records by which SES believes that the domain of mail.from is yours (DKIM), name to value. Empty without mail.create_identity."
  value = { for token in flatten(aws_sesv2_email_identity.this[*].dkim_signing_attributes[*].tokens) :
    "${token}._domainkey.${local.mail_domain}" => "${token}.dkim.amazonses.com"
  }
}
