# A VPC in two or more zones: public subnets for the load balancer alone, private ones for everything else.

data "aws_availability_zones" "available" {
  state = "available"

  # Local and wavelength zones have neither load balancers nor Fargate.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }

  # Zones without Fargate (AWS: "Supported Regions for Amazon ECS on AWS Fargate").
  exclude_zone_ids = ["usw1-az2", "apne1-az3", "cac1-az3"]
}

# Not every zone of a region has every endpoint.
data "aws_vpc_endpoint_service" "interface" {
  for_each = length(var.availability_zones) > 0 ? toset([]) : local.interface_endpoints

  service_name = "com.amazonaws.${var.region}.${each.key}"
}

locals {
  fit_zones = length(var.availability_zones) > 0 ? sort(var.availability_zones) : sort(setintersection(
    toset(data.aws_availability_zones.available.names),
    [for service in values(data.aws_vpc_endpoint_service.interface) : toset(service.availability_zones)]...
  ))
  # A precondition of the VPC says what is wrong when there are fewer.
  zones = slice(local.fit_zones, 0, min(var.zone_count, length(local.fit_zones)))
  # Zone → its place, from which its address ranges follow.
  zone_places = { for place, zone in local.zones : zone => place }
  nat_zones   = toset(slice(local.zones, 0, min(var.nat_gateways, length(local.zones))))
}

resource "aws_vpc" "this" {
  cidr_block = var.vpc_cidr
  # Both are wanted by interface endpoints, whose private names hide the public ones.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }

  lifecycle {
    precondition {
      condition     = length(local.fit_zones) >= var.zone_count
      error_message = "zone_count: ${var.region} has ${length(local.fit_zones)} zones with Fargate and every endpoint (${join(", ", local.fit_zones)}), and ${var.zone_count} are wanted. Lower zone_count, or name zones in availability_zones."
    }
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = local.name }
}

resource "aws_subnet" "public" {
  for_each = local.zone_places

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, each.value)

  tags = { Name = "${local.name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each = local.zone_places

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.value + 1)

  tags = { Name = "${local.name}-private-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  for_each = local.zone_places

  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_eip" "nat" {
  for_each = local.nat_zones

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat_zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${local.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

# With one gateway every zone goes through it; with one per zone each through its own.
resource "aws_route" "nat" {
  for_each = var.nat_gateways == 0 ? {} : local.zone_places

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[local.zones[each.value % var.nat_gateways]].id
}

# The VPC's own group lets its members talk to each other; without rules nobody uses it by mistake.
resource "aws_default_security_group" "unused" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${local.name}-unused" }
}
