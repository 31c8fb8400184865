# Everything that can be switched on, at once. It applies, with values of AWS's unknown until then: no count and no for_each
# may ask for one. The tests of one topic each only plan, where such values are given before.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "applies" {
  variables {
    environment            = "test"
    ingress_cidrs          = ["198.51.100.0/24"]
    image_versions         = { api = "1.2.3", worker = "1.2.3" }
    certificate_arn        = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    domain_name            = "audio.example.com"
    alarm_emails           = ["ops@example.com"]
    nat_gateways           = 1
    requests_per_address   = 2000
    traffic_logs           = true
    bucket_versioning      = "Enabled"
    keep_former_indexes    = true
    queue_kms_key_arn      = "arn:aws:kms:us-east-1:111122223333:key/1"
    debug_token_secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:debug-AbCdEf"
    api_environment        = { GITHUB_CLIENT_ID = "client" }
    api_secret_arns = {
      TOKEN_KEYS           = "arn:aws:secretsmanager:us-east-1:111122223333:secret:keys-AbCdEf"
      GITHUB_CLIENT_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:github-AbCdEf"
    }
    page_origins = ["https://audio.example.com"]
    redis        = { replicas = 1 }
    sign_in = {
      user_pool_arn       = "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_1"
      user_pool_client_id = "client"
      user_pool_domain    = "people"
    }
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_flow_log.this) == 1 && length(aws_wafv2_web_acl.rate) == 1 && output.api_url == "https://audio.example.com"
    error_message = "What was switched on is there."
  }
}
