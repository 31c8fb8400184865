# E-mails about jobs that have ended: by whom they are sent, and who may. Nothing of it without var.mail.

locals {
  mail_sends_by_ses = var.mail != null && try(var.mail.smtp_url_secret_arn, null) == null
  mail_domain       = var.mail == null ? null : trimsuffix(reverse(split("@", var.mail.from))[0], ">")
  mail_address      = var.mail == null ? null : trimsuffix(reverse(split("<", var.mail.from))[0], ">")

  # Both the API, which offers them, and the notifier, which sends them, have to know.
  mail_environment = var.mail == null ? {} : {
    MAIL_FROM  = var.mail.from
    PUBLIC_URL = local.public_url
  }
  # Holds a password.
  mail_secrets = var.mail == null || local.mail_sends_by_ses ? {} : { SMTP_URL = var.mail.smtp_url_secret_arn }

  # The SDK's SendEmail with a whole message is both (AWS: "Actions, resources, and condition keys for Amazon SES").
  mail_grants = local.mail_sends_by_ses ? [{
    Sid       = "Mail"
    Effect    = "Allow"
    Action    = ["ses:SendEmail", "ses:SendRawEmail"]
    Resource  = "arn:${local.partition}:ses:${var.region}:${local.account}:identity/*"
    Condition = { StringEquals = { "ses:FromAddress" = local.mail_address } }
  }] : []
}

resource "aws_sesv2_email_identity" "this" {
  count = try(var.mail.create_identity, false) ? 1 : 0

  email_identity = local.mail_domain
}
