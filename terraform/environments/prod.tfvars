# Three zones, the API on demand, a worker that is always there on demand and more of them on Spot, progress that
# survives a zone, logs of who asked for what. Nobody gets in without a sign-in or an API key.
environment = "prod"
zone_count  = 3

# The way to the provider of the sign-in, to webhooks and to mail servers, in one zone: without that zone conversions go
# on, and whoever has signed in stays so.
nat_gateways = 1

log_retention_days = 90
traffic_logs       = true

# On demand: a reclaimed task cuts off uploads and event streams, and its saving is a few dollars.
api = {
  cpu       = 512
  memory    = 1024
  min_tasks = 2
  max_tasks = 10
  capacity  = { on_demand_base = 2, on_demand_weight = 1, spot_weight = 0 }
}

# How they scale is the default of the variables, which `npm run simulate` recommends. max_tasks of 2 vCPU each must fit
# into the account's quotas, On-Demand and Spot (README.md, "From 1 to 10,000 workers").
worker = {
  cpu       = 2048
  memory    = 4096
  min_tasks = 1
  max_tasks = 30
  capacity  = { on_demand_base = 1, on_demand_weight = 1, spot_weight = 4 }
}

redis = { node_type = "cache.t4g.small", replicas = 1 }

wait_for_steady_state = true

# Yours to set, and refused without: ingress_cidrs, image_versions, certificate_arn and domain_name, alarm_emails or
# alarm_topic_arn, and what signing in needs: a provider in api_environment, its secret and TOKEN_KEYS in api_secret_arns
# (docs/people.md, "Signing in").
