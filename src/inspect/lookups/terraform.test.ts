import { type Case, NEWEST, testCases } from './testing/lint.ts';

const NAME = 'filter {\n name = "name"\n values = ["ubuntu/images/*"]\n }';
const ami = (body: string): string => `data "aws_ami" "x" {\n most_recent = true\n ${NAME}\n ${body}\n}\n`;
const terraform: readonly Case[] = [
  ['no owners', ami('owners = []'), NEWEST],
  ['null owners', ami('owners = null'), NEWEST],
  ['a local', ami('owners = local.owners'), []],
  ['an output of a module', ami('owners = [module.accounts.images]'), []],
  ['a condition', ami('owners = var.x == "" ? ["self"] : [var.x]'), []],
  ['a function', ami('owners = concat(["self"], var.more)'), []],
  [
    'over several lines, with comments',
    ami('owners = [\n "099720109477", # Canonical\n // Amazon\n "amazon",\n ]'),
    [],
  ],
  ['a string for true', ami('').replace('true', '"true"'), NEWEST],
  ['a wildcard filter', ami('filter {\n name = "owner-id"\n values = ["*"]\n }'), ['wildcard-owner:1']],
  ['an owner filter that is computed', ami('filter {\n name = "owner-id"\n values = [var.owner]\n }'), []],
  ['a product of the Marketplace', ami('filter {\n name = "product-code"\n values = ["abc"]\n }'), []],
  [
    'a dynamic filter by tags',
    ami('dynamic "filter" {\n for_each = var.f\n content {\n name = "tag:x"\n values = filter.value\n }\n }'),
    NEWEST,
  ],
  [
    'a dynamic filter by anything',
    ami(
      'dynamic "filter" {\n for_each = var.f\n content {\n name = filter.key\n values = filter.value\n }\n }',
    ),
    [],
  ],
  [
    'a dynamic filter by the owner',
    ami('dynamic "filter" {\n for_each = [1]\n content {\n name = "owner-id"\n values = ["amazon"]\n }\n }'),
    [],
  ],
  ['count and for_each', ami('count = var.x ? 1 : 0\n for_each = toset(["a", "b"])'), NEWEST],
  [
    'a regular expression',
    'data "aws_ami" "x" {\n most_recent = true\n name_regex = "^my-\\\\d{3}$"\n}',
    NEWEST,
  ],
  ['a list of ids', 'data "aws_ami_ids" "x" {\n owners = ["self"]\n name_regex = "^a"\n}', []],
  ['a list of ids of anybody', 'data "aws_ami_ids" "x" {\n name_regex = "^a"\n}', ['name-without-owner:1']],
  [
    'strings with braces in expressions',
    `x = "\${replace(var.a, "{", "")}"\ny = "$\${"\n${ami('')}`,
    ['most-recent-without-owner:3'],
  ],
  [
    'a string in a string in a string',
    `x = "\${f("\${g("}")}")}"\n${ami('')}`,
    ['most-recent-without-owner:2'],
  ],
  ['an object', `x = { a = { b = [1, 2] }\n c = "}" }\n${ami('')}`, ['most-recent-without-owner:3']],
  [
    'a heredoc with braces and its marker within',
    `x = <<-EOT\n { EOT "\n  EOT\n${ami('')}`,
    ['most-recent-without-owner:4'],
  ],
  ['a comment over lines', `/* }\n"\n*/ ${ami('')}`, ['most-recent-without-owner:3']],
  [
    'a function of the language',
    `locals {\n a = [for s in var.l : upper(s) if s != ""]\n}\n${ami('')}`,
    ['most-recent-without-owner:4'],
  ],
  [
    'a container that is written like a family',
    'resource "kubernetes_pod" "x" {\n spec {\n container {\n image = "grafana/grafana"\n }\n }\n}',
    [],
  ],
  ['a container of Docker', 'resource "docker_container" "x" {\n image = "someone/something"\n}', []],
  [
    'an image of a day',
    'resource "google_compute_disk" "x" {\n image = "my-free-images/debian-12-bookworm-v20260101"\n}',
    [],
  ],
  ['a family of one’s own', 'data "google_compute_image" "x" {\n family = "mine"\n}', []],
  [
    'a family of a project that is computed',
    'data "google_compute_image" "x" {\n family = "mine"\n project = var.project\n}',
    [],
  ],
  [
    'a family by its path',
    'resource "google_compute_instance_template" "x" {\n disk {\n source_image = "projects/${var.p}/global/images/family/x"\n }\n}',
    [],
  ],
  [
    'a template’s disk',
    'resource "google_compute_instance_template" "x" {\n disk {\n source_image = "my-free-images/debian-12"\n }\n}',
    ['foreign-family:3'],
  ],
  [
    'a platform image without a version',
    'data "azurerm_platform_image" "x" {\n location = "w"\n publisher = "nobody"\n offer = "o"\n sku = "s"\n}',
    ['latest-of-unknown-publisher:1'],
  ],
  [
    'an older machine of Azure',
    'resource "azurerm_virtual_machine" "x" {\n storage_image_reference {\n publisher = "nobody"\n offer = "o"\n sku = "s"\n version = "Latest"\n }\n}',
    ['latest-of-unknown-publisher:2'],
  ],
  [
    'a publisher that is computed',
    'resource "azurerm_virtual_machine" "x" {\n storage_image_reference {\n publisher = var.p\n offer = "o"\n sku = "s"\n version = "latest"\n }\n}',
    [],
  ],
];

const packer: readonly Case[] = [
  [
    'a data source',
    'data "amazon-ami" "x" {\n filters = {\n virtualization-type = "hvm"\n name = "ubuntu/*"\n }\n most_recent = true\n}',
    NEWEST,
  ],
  [
    'one with an owner',
    'data "amazon-ami" "x" {\n filters = {\n name = "ubuntu/*"\n }\n owners = ["099720109477"]\n most_recent = true\n}',
    [],
  ],
  [
    'filters that are computed',
    'data "amazon-ami" "x" {\n filters = var.filters\n most_recent = true\n}',
    [],
  ],
  [
    'an image reference',
    'source "azure-arm" "x" {\n image_publisher = "nobody"\n image_offer = "o"\n image_sku = "s"\n}',
    ['latest-of-unknown-publisher:1'],
  ],
  [
    'a family',
    'source "googlecompute" "x" {\n source_image_family = "f"\n source_image_project_id = ["my-free-images"]\n}',
    ['foreign-family:1'],
  ],
];

testCases('Terraform', 'a.tf', terraform);
testCases('Packer', 'a.pkr.hcl', packer);
