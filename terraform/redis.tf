# Redis for progress: TLS, a token, no backups. Losing it costs a progress bar, never a job.

data "aws_secretsmanager_random_password" "redis" {
  password_length = 64
  # ElastiCache takes few special characters, and a URL fewer.
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "redis" {
  for_each = {
    token = "The token that Redis asks for"
    url   = "REDIS_URL of api and worker, token included"
  }

  name                    = "${local.name}/redis-${each.key}"
  description             = each.value
  recovery_window_in_days = var.deletion_protection ? 7 : 0
}

# Every reading of the data source makes another password; the first one stays. To change it:
# terraform apply -replace=aws_secretsmanager_secret_version.redis_token
resource "aws_secretsmanager_secret_version" "redis_token" {
  secret_id     = aws_secretsmanager_secret.redis["token"].id
  secret_string = data.aws_secretsmanager_random_password.redis.random_password

  lifecycle {
    ignore_changes = [secret_string]
  }
}

resource "aws_secretsmanager_secret_version" "redis_url" {
  secret_id = aws_secretsmanager_secret.redis["url"].id
  secret_string = format(
    "rediss://:%s@%s:%d",
    aws_secretsmanager_secret_version.redis_token.secret_string,
    aws_elasticache_replication_group.this.primary_endpoint_address,
    local.redis_port,
  )
}

resource "aws_elasticache_subnet_group" "this" {
  name        = local.name
  description = "Private subnets"
  subnet_ids  = [for subnet in values(aws_subnet.private) : subnet.id]
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = local.name
  description          = "Progress of conversions"
  engine               = var.redis.engine
  engine_version       = var.redis.version
  node_type            = var.redis.node_type
  port                 = local.redis_port

  num_cache_clusters         = 1 + var.redis.replicas
  automatic_failover_enabled = var.redis.replicas > 0
  multi_az_enabled           = var.redis.replicas > 0

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this["redis"].id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  auth_token                 = aws_secretsmanager_secret_version.redis_token.secret_string
  auth_token_update_strategy = "ROTATE"
  at_rest_encryption_enabled = true

  # Every key lives for an hour at most: nothing to keep, and nothing to wait for a maintenance window with.
  snapshot_retention_limit = 0
  apply_immediately        = true
}
