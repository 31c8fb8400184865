# A cheap copy to try things on: nothing protected, workers on Spot, gone with one `terraform destroy`.
environment         = "dev"
deletion_protection = false

point_in_time_recovery = false
log_retention_days     = 7
event_archive_days     = 7

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
