output "github_variables" {
  description = "Variables to set in the repository (Settings, Secrets and variables, Actions). None is a secret."
  value = {
    AWS_REGION      = var.region
    AWS_DEPLOY_ROLE = aws_iam_role.this["deploy"].arn
    AWS_PLAN_ROLE   = aws_iam_role.this["plan"].arn
    TF_STATE_BUCKET = aws_s3_bucket.state.id
  }
}
