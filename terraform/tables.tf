# The tables of resources.json.

locals {
  # Every key attribute of a table and its indexes, once.
  table_attributes = {
    for id, table in local.resources.tables : id => {
      for key in concat([table.hashKey], flatten([for index in table.indexes : [index.hashKey, index.rangeKey]])) :
      key.name => key.type...
    }
  }

  # Those that the former version reads have the keys of the ones that took their place.
  table_indexes = {
    for id, table in local.resources.tables : id => concat(
      [for index in table.indexes : merge({ attributes = null }, index)],
      [for index in table.indexes : merge(index, { attributes = null }, index.former) if var.keep_former_indexes && can(index.former)],
    )
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.resources.tables

  name                        = "${each.value.name}${local.suffix}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.hashKey.name
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.table_attributes[each.key]

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.table_indexes[each.key]

    content {
      name               = global_secondary_index.value.name
      hash_key           = global_secondary_index.value.hashKey.name
      range_key          = global_secondary_index.value.rangeKey.name
      projection_type    = global_secondary_index.value.projection
      non_key_attributes = global_secondary_index.value.attributes
    }
  }

  ttl {
    attribute_name = each.value.ttlAttribute
    enabled        = true
  }

  # Progress is gone after a day anyway.
  point_in_time_recovery {
    enabled = var.point_in_time_recovery && each.key != "progress"
  }

  server_side_encryption {
    enabled = var.tables_managed_key
  }
}
