# Redis for progress: TLS, sign-in by IAM, no backups. Losing it costs a progress bar, never a job.

# Tasks sign in with their roles (permissions.tf, `redis` and `redis/user`), so that there is no password in settings,
# secrets or this state. IAM wants the user's name to be its id.
resource "aws_elasticache_user" "tasks" {
  user_id   = "${local.name}-tasks"
  user_name = "${local.name}-tasks"
  engine    = var.redis.engine
  # Everything but what administers a server, and INFO, which tells a client that it is ready and the doctor how full it is.
  access_string = "on ~* &* +@all -@admin -@dangerous +info"

  authentication_mode {
    type = "iam"
  }
}

# A group of Redis must have a user called default: nobody can sign in as that one. Valkey wants none.
resource "aws_elasticache_user" "nobody" {
  count = var.redis.engine == "redis" ? 1 : 0

  user_id       = "${local.name}-nobody"
  user_name     = "default"
  engine        = var.redis.engine
  access_string = "off -@all"

  authentication_mode {
    type = "no-password-required"
  }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = local.name
  engine        = var.redis.engine
  user_ids      = concat([aws_elasticache_user.tasks.user_id], aws_elasticache_user.nobody[*].user_id)
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
  engine_version       = coalesce(var.redis.version, var.redis.engine == "redis" ? "7.1" : "8.0")
  node_type            = var.redis.node_type
  port                 = local.redis_port

  num_cache_clusters         = 1 + var.redis.replicas
  automatic_failover_enabled = var.redis.replicas > 0
  multi_az_enabled           = var.redis.replicas > 0

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this["redis"].id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]
  at_rest_encryption_enabled = true

  # Every key lives for an hour at most: nothing to keep, and nothing to wait for a maintenance window with.
  snapshot_retention_limit = 0
  apply_immediately        = true
}
