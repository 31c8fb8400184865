# Three zones, a worker that is always there on demand and more of them on Spot, progress that survives a zone.
environment = "prod"
zone_count  = 3

log_retention_days = 90

api = {
  cpu       = 512
  memory    = 1024
  min_tasks = 2
  max_tasks = 10
  capacity  = { on_demand_base = 2, on_demand_weight = 1, spot_weight = 1 }
}

worker = {
  cpu       = 2048
  memory    = 4096
  min_tasks = 1
  max_tasks = 30
  capacity  = { on_demand_base = 1, on_demand_weight = 1, spot_weight = 4 }
}

redis = { node_type = "cache.t4g.small", replicas = 1 }

wait_for_steady_state = true

# Yours to set: ingress_cidrs, image_versions, certificate_arn and domain_name, alarm_topic_arn.
