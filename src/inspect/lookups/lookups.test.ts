import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNameBook } from '../names/book.ts';
import { CATALOGUE } from '../names/catalogue/index.ts';
import { lookupReaderFor } from './read-lookups.ts';
import { judgeLookup } from './rules.ts';

const { clouds } = toNameBook(CATALOGUE);

function lint(file: string, text: string): string[] {
  const read = lookupReaderFor(file);
  assert.ok(read);
  return [...read(text)].flatMap((lookup) =>
    judgeLookup(lookup, file, clouds).map(({ rule, line }) => `${rule.slice('ami-lint/'.length)}:${line}`),
  );
}

const ami = (body: string): string => `data "aws_ami" "x" {\n${body}\n}\n`;
const NAME = 'filter {\n name = "name"\n values = ["ubuntu/images/*"]\n }';

const cases: readonly (readonly [name: string, file: string, text: string, expected: readonly string[]])[] = [
  [
    'Terraform: newest of a name',
    'a.tf',
    ami(`most_recent = true\n${NAME}`),
    ['most-recent-without-owner:1'],
  ],
  ['Terraform: a name alone', 'a.tf', ami(NAME), ['name-without-owner:1']],
  ['Terraform: Canonical', 'a.tf', ami(`most_recent = true\nowners = ["099720109477"]\n${NAME}`), []],
  ['Terraform: aliases', 'a.tf', ami(`owners = ["self", "amazon"]\nmost_recent = true\n${NAME}`), []],
  ['Terraform: a variable', 'a.tf', ami(`owners = [var.owner]\nmost_recent = true\n${NAME}`), []],
  ['Terraform: any owner', 'a.tf', ami(`owners = ["*"]\n${NAME}`), ['wildcard-owner:1']],
  ['Terraform: a stranger', 'a.tf', ami(`owners = ["123456789012"]\n${NAME}`), ['unknown-owner:1']],
  [
    'Terraform: the owner as a filter',
    'a.tf',
    ami(`most_recent = true\n${NAME}\nfilter {\n name = "owner-alias"\n values = ["amazon"]\n}`),
    [],
  ],
  ['Terraform: by id', 'a.tf', ami('filter {\n name = "image-id"\n values = ["ami-0abc"]\n}'), []],
  [
    'Terraform: comments and heredocs',
    'a.tf',
    `# ${ami('x').replaceAll('\n', ' ')}\nx = <<EOT\n${ami(NAME)}EOT\n`,
    [],
  ],
  [
    'Terraform: a family of a foreign project',
    'a.tf',
    'data "google_compute_image" "x" {\n family = "debian-12"\n project = "my-free-images"\n}',
    ['foreign-family:1'],
  ],
  [
    'Terraform: a family of a known project',
    'a.tf',
    'data "google_compute_image" "x" {\n family = "debian-12"\n project = "debian-cloud"\n}',
    [],
  ],
  [
    'Terraform: a family in a disk',
    'a.tf',
    'resource "google_compute_instance" "x" {\n boot_disk {\n initialize_params {\n image = "my-free-images/debian-12"\n }\n }\n}',
    ['foreign-family:4'],
  ],
  [
    'Terraform: Azure latest',
    'a.tf',
    'resource "azurerm_linux_virtual_machine" "x" {\n source_image_reference {\n publisher = "canonica1"\n offer = "x"\n sku = "y"\n version = "latest"\n }\n}',
    ['latest-of-unknown-publisher:2'],
  ],
  [
    'Packer: HCL',
    'a.pkr.hcl',
    'source "amazon-ebs" "x" {\n source_ami_filter {\n filters = {\n name = "al2023-ami-*"\n }\n most_recent = true\n }\n}',
    ['most-recent-without-owner:2'],
  ],
  [
    'Packer: JSON',
    'a.json',
    '{"builders":[{"source_ami_filter":{"filters":{"name":"ubuntu*"},"most_recent":true}}]}',
    ['most-recent-without-owner:1'],
  ],
  [
    'Packer: JSON with an owner',
    'a.json',
    '{"builders":[{"source_ami_filter":{"filters":{"name":"ubuntu*"},"owners":["099720109477"],"most_recent":true}}]}',
    [],
  ],
  [
    'CDK: context without owners',
    'cdk.context.json',
    '{"ami:account=1:filters.image-type.0=machine:filters.name.0=ubuntu*:region=eu-west-1":"ami-1"}',
    ['most-recent-without-owner:1'],
  ],
  [
    'CDK: context with owners',
    'cdk.context.json',
    '{"ami:account=1:filters.name.0=ubuntu*:owners.0=099720109477:region=eu-west-1":"ami-1"}',
    [],
  ],
  [
    'CloudFormation: an Azure-like reference in ARM',
    'a.json',
    '{"imageReference":{"publisher":"nobodyknows","offer":"x","sku":"y","version":"latest"}}',
    ['latest-of-unknown-publisher:1'],
  ],
  [
    'Pulumi: getAmi',
    'Pulumi.yaml',
    'variables:\n  a:\n    fn::invoke:\n      function: aws:ec2:getAmi\n      arguments:\n        mostRecent: true\n        filters:\n          - name: name\n            values: ["amzn2-ami-*"]\n',
    ['most-recent-without-owner:4'],
  ],
  [
    'shell: describe-images',
    'a.sh',
    '#!/bin/sh\nid=$(aws ec2 describe-images \\\n  --filters "Name=name,Values=ubuntu/*" \\\n  --query "sort_by(Images, &CreationDate)[-1].ImageId")\n',
    ['most-recent-without-owner:2'],
  ],
  [
    'shell: with owners',
    'a.sh',
    'aws ec2 describe-images --owners amazon --filters "Name=name,Values=al2023*"\n',
    [],
  ],
  ['shell: by id', 'a.sh', 'aws ec2 describe-images --image-ids ami-1\n', []],
  ['shell: comments', 'a.sh', '# aws ec2 describe-images --filters Name=name,Values=x\n', []],
  [
    'shell: gcloud',
    'a.sh',
    'gcloud compute instances create x --image-family=debian-12 --image-project=free-images\n',
    ['foreign-family:1'],
  ],
  [
    'shell: az',
    'a.sh',
    'az vm create --name x --image Nobody:Linux:1:latest\naz vm create --image Debian:debian-12:12:latest\n',
    ['latest-of-unknown-publisher:1'],
  ],
];

for (const [name, file, text, expected] of cases) {
  test(`ami-lint: ${name}`, () => assert.deepEqual(lint(file, text), expected));
}

test('ami-lint: what cannot be parsed is said', () => {
  assert.throws(() => lint('a.tf', 'data "aws_ami" "x" {\n'), SyntaxError);
  assert.throws(() => lint('a.tf', '}\n'), SyntaxError);
  assert.throws(() => lint('a.tf', 'a {\n'.repeat(100)), SyntaxError);
  assert.throws(() => lint('a.json', '{"a":'), SyntaxError);
});
