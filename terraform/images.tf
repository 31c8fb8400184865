# Where the two images are pushed to. A pushed tag never changes, so that a rollback gets what it asks for.

resource "aws_ecr_repository" "this" {
  for_each = toset(["api", "worker"])

  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = local.disposable

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Images without a tag: remains of builds"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        # A build with SBOM and provenance is three images, of which the index alone has a tag. Images of an index stay as long
        # as it does (AWS: "Automate the cleanup of images by using lifecycle policies in Amazon ECR").
        rulePriority = 2
        description  = "Versions to roll back to"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 50 }
        action       = { type = "expire" }
      },
    ]
  })
}
