output "service_name" {
  description = "Name of the service in its cluster."
  value       = aws_ecs_service.this.name
}

output "service" {
  description = "The service."
  value       = aws_ecs_service.this
}

output "task_definition" {
  description = "The revision that this configuration made."
  value       = aws_ecs_task_definition.this
}

output "container_definitions" {
  description = "What runs, as JSON without what AWS adds."
  value       = jsonencode([local.container])
}

output "log_group_name" {
  description = "Where the output goes."
  value       = aws_cloudwatch_log_group.this.name
}

output "execution_policy" {
  description = "What ECS may do to start tasks, as JSON."
  value       = aws_iam_role_policy.execution.policy
}

output "task_policy" {
  description = "What the code may do, as JSON."
  value       = aws_iam_role_policy.task.policy
}
