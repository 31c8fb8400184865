# What tflint looks at: every rule of its own ruleset but one.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Variables stand in one file a subject: of one file of 900 lines nobody finds anything.
rule "terraform_standard_module_structure" {
  enabled = false
}
