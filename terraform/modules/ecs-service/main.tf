# One service on Fargate: log group, task definition, service.

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.fleet.prefix}/${var.name}"
  retention_in_days = var.fleet.log_retention_days
}

locals {
  container = {
    name      = var.name
    image     = var.image
    essential = true
    user      = var.fleet.user

    # The disk holds nothing but the volumes below; the kernel gives the process no special powers.
    readonlyRootFilesystem = true
    linuxParameters = {
      # The image brings an init process (tini); a second one around it would only make the first complain.
      initProcessEnabled = false
      capabilities       = { add = [], drop = ["ALL"] }
    }
    ulimits = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]

    # Between SIGTERM and SIGKILL. The most that Fargate gives, and all that Spot leaves.
    stopTimeout = 120

    environment = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    secrets     = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]
    mountPoints = [for path in sort(keys(var.writable_paths)) : {
      sourceVolume  = var.writable_paths[path]
      containerPath = path
      readOnly      = false
    }]
    portMappings   = [for port in var.port[*] : { containerPort = port, hostPort = port, protocol = "tcp" }]
    systemControls = []
    volumesFrom    = []

    healthCheck = {
      command     = var.fleet.health_command
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.fleet.region
        awslogs-stream-prefix = var.name
        # A slow CloudWatch must not stop the process: lines are dropped when 4 MiB wait.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = "${var.fleet.prefix}-${var.name}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([local.container])
  # Old revisions stay: a deployment that fails goes back to the one before.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.fleet.cpu_architecture
  }

  dynamic "ephemeral_storage" {
    for_each = var.ephemeral_storage_gib[*]

    content {
      size_in_gib = ephemeral_storage.value
    }
  }

  # Bind mounts on the task's own disk: gone with the task.
  dynamic "volume" {
    for_each = var.writable_paths

    content {
      name = volume.value
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.fleet.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.task_count

  deployment_minimum_healthy_percent = var.deployment.minimum_percent
  deployment_maximum_percent         = var.deployment.maximum_percent
  wait_for_steady_state              = var.fleet.wait_for_steady_state
  # Only together with a change, and then instead of making the service anew when the capacity is shared differently.
  force_new_deployment    = true
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  # Also with tasks that run, and that are protected.
  force_delete = var.fleet.force_delete
  # Zones that are uneven for a while cost nothing; moving a task that converts does.
  availability_zone_rebalancing = var.target_group_arn == null ? "DISABLED" : "ENABLED"
  # Until Node listens a load balancer finds nobody, and ECS would replace the task.
  health_check_grace_period_seconds = var.target_group_arn == null ? null : 60

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = var.capacity.on_demand_base
    weight            = var.capacity.on_demand_weight
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = var.capacity.spot_weight
  }

  network_configuration {
    subnets          = var.fleet.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = var.fleet.assign_public_ip
  }

  # Tasks that do not get healthy end the deployment, and the last good one comes back.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn[*]

    content {
      target_group_arn = load_balancer.value
      container_name   = var.name
      container_port   = var.port
    }
  }

  lifecycle {
    ignore_changes = [desired_count]

    # The provider waits for a steady service, and one that was rolled back is steady as well
    # (github.com/hashicorp/terraform-provider-aws/issues/20858).
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "${var.name}: the new tasks did not get healthy, and ECS went back to ${self.task_definition}. Read the service's events (aws ecs describe-services) and the last lines of ${aws_cloudwatch_log_group.this.name}, then apply again, or apply the version before."
    }
  }

  # A role that is there without its policy starts tasks that fail.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}
