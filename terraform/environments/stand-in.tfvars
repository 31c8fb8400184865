# Values for `npm run terraform:stand-in`, which applies this configuration to an emulator of AWS. Each line that
# leaves something out says why.
environment         = "standin"
ingress_cidrs       = ["127.0.0.1/32"]
image_versions      = { api = "stand-in", worker = "stand-in" }
deletion_protection = false

# The emulator does not know Application Auto Scaling (405).
enable_autoscaling = false

# Its tasks would need images and a container engine: the real processes run beside it instead.
wait_for_steady_state = false
