# A cheap copy to try things on: nothing protected, everything on Spot, gone with one `terraform destroy`. Idle it costs
# about 53 $ a month (README.md, "What it costs while nothing happens").
environment         = "dev"
deletion_protection = false

point_in_time_recovery = false
log_retention_days     = 7
event_archive_days     = 7

# Instead of endpoints for 88 $ a month. Nobody reaches the tasks all the same.
interface_endpoints     = false
tasks_in_public_subnets = true

# Said aloud, since none of them is for anything that matters. Over plain HTTP nobody can sign in: whoever ingress_cidrs
# lets in may convert.
allow_plain_http = true
silent_alarms    = true
auth             = "off"

api = {
  cpu       = 256
  memory    = 512
  min_tasks = 1
  max_tasks = 2
  capacity  = { on_demand_base = 0, on_demand_weight = 0, spot_weight = 1 }
}

# Scales to zero: the first job after a pause waits minutes for a task to start.
worker = {
  min_tasks = 0
  max_tasks = 4
  capacity  = { on_demand_base = 0, on_demand_weight = 0, spot_weight = 1 }
}
