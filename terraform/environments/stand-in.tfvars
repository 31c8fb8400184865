# Values for `npm run terraform:stand-in`, which applies this configuration to an emulator of AWS. Each line that
# leaves something out says why.
environment         = "standin"
ingress_cidrs       = ["127.0.0.1/32"]
image_versions      = { api = "stand-in", worker = "stand-in" }
deletion_protection = false
allow_plain_http    = true
silent_alarms       = true
# It has no HTTPS, no provider, and no secrets that a task could be given.
auth = "off"

# The emulator does not tell which zones have which endpoints.
availability_zones = ["us-east-1a", "us-east-1b"]

# The emulator does not know Application Auto Scaling (405).
enable_autoscaling = false

# Its tasks would need images and a container engine: the real processes run beside it instead.
wait_for_steady_state = false
