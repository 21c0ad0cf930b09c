import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNameBook } from '../names/book.ts';
import { CATALOGUE } from '../names/catalogue/index.ts';
import { lookupReaderFor } from './read-lookups.ts';
import { judgeLookup } from './rules.ts';

/* Look-ups as people and tools write them: what is found, and what is not accused. */

const { clouds } = toNameBook(CATALOGUE);

function lint(file: string, text: string): string[] {
  const read = lookupReaderFor(file);
  assert.ok(read);
  return [...read(text)].flatMap((lookup) =>
    judgeLookup(lookup, file, clouds).map(({ rule, line }) => `${rule.slice('ami-lint/'.length)}:${line}`),
  );
}

const NAME = 'filter {\n name = "name"\n values = ["ubuntu/images/*"]\n }';
const ami = (body: string): string => `data "aws_ami" "x" {\n most_recent = true\n ${NAME}\n ${body}\n}\n`;
const NEWEST = ['most-recent-without-owner:1'];
type Case = readonly [name: string, text: string, expected: readonly string[]];

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

const json: readonly Case[] = [
  [
    'Terraform: newest of a name',
    '{"data":{"aws_ami":{"x":{\n"most_recent":true,"filter":[{"name":"name","values":["x"]}]}}}}',
    NEWEST,
  ],
  [
    'Terraform: in lists, one filter',
    '{"data":[{"aws_ami":[{"x":[{"most_recent":"true","filter":{"name":"name","values":["x"]}}]}]}]}',
    NEWEST,
  ],
  [
    'Terraform: an expression',
    '{"data":{"aws_ami":{"x":{"most_recent":true,"owners":["${var.o}"],"filter":[]}}}}',
    [],
  ],
  [
    'Terraform: a foreign family',
    '{"data":{"google_compute_image":{"x":{"family":"f","project":"my-free-images"}}}}',
    ['foreign-family:1'],
  ],
  [
    'Terraform: a family in a disk',
    '{"resource":{"google_compute_instance":{"x":{"boot_disk":{"initialize_params":{"image":"my-free-images/f"}}}}}}',
    ['foreign-family:1'],
  ],
  [
    'Packer: an owner that is a variable',
    '{"builders":[{"source_ami_filter":{"filters":{"name":"u*"},"owners":["{{user `o`}}"],"most_recent":true}}]}',
    [],
  ],
  [
    'Packer: a list of projects',
    '{"builders":[{"type":"googlecompute","source_image_family":"f","source_image_project_id":["my-free-images"]}]}',
    ['foreign-family:1'],
  ],
  ['CDK: a colon in a value', '{"ami:account=1:filters.name.0=a$:owners.0=x:region=r":"ami-1"}', NEWEST],
  ['CDK: by id', '{"ami:account=1:filters.image-id.0=ami-1:region=r":"ami-1"}', []],
  [
    'ARM: parameters',
    '{"imageReference":{"publisher":"[parameters(\'p\')]","offer":"o","sku":"s","version":"latest"}}',
    [],
  ],
  [
    'ARM: a version that is computed',
    '{"imageReference":{"publisher":"nobody","offer":"o","sku":"s","version":"[variables(\'v\')]"}}',
    [],
  ],
  [
    'comments, and commas too many',
    '{ // one\n /* two\n */ "urn": "Nobody:o:s:latest",\n}',
    ['latest-of-unknown-publisher:1'],
  ],
  ['an escape', '{"\\u0075rn":"Nobody:o:s:latest"}', ['latest-of-unknown-publisher:1']],
];

const yaml: readonly Case[] = [
  [
    'CloudFormation: SSM, maps and references',
    'Parameters:\n  A:\n    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>\n    Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\nResources:\n  B:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: !FindInMap [Map, !Ref "AWS::Region", ami]\n  C:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: "{{resolve:ssm:/my/own/parameter}}"\n      Publisher: !Sub "x"\n',
    [],
  ],
  [
    'containers that are written like a family',
    'services:\n  a:\n    image: grafana/grafana\n  b:\n    sourceimage: x\n',
    [],
  ],
  ['Helm, which is no YAML', '{{- if .Values.x }}\nimage: {{ .Values.image }}\n{{- end }}\n', []],
  [
    'Pulumi: in short',
    'variables:\n  a:\n    fn::aws:ec2:getAmi:\n      mostRecent: true\n      filters:\n        - name: name\n          values: ["x"]\n',
    ['most-recent-without-owner:4'],
  ],
  [
    'Pulumi: the other way to name it',
    'a:\n  fn::invoke:\n    function: aws:ec2/getAmi:getAmi\n    arguments:\n      owners: [amazon]\n      mostRecent: true\n',
    [],
  ],
  [
    'Pulumi: an owner that is computed',
    'a:\n  fn::invoke:\n    function: aws:ec2:getAmi\n    arguments:\n      owners: ["${owner}"]\n      mostRecent: true\n',
    [],
  ],
  [
    'Pulumi: an account id without quotes',
    'a:\n  fn::invoke:\n    function: aws:ec2:getAmi\n    arguments:\n      owners: [013907871322]\n      mostRecent: true\n',
    [],
  ],
  [
    'Pulumi: a family',
    'a:\n  fn::gcp:compute:getImage:\n    family: f\n    project: my-free-images\n',
    ['foreign-family:3'],
  ],
  [
    'Pulumi: a boot disk',
    'a:\n  bootDisk:\n    initializeParams:\n      image: my-free-images/debian-12\n',
    ['foreign-family:4'],
  ],
  [
    'an alias, and a map that is merged',
    'o: &o\n  owners: [amazon]\nsource_ami_filter:\n  <<: *o\n  most_recent: true\nx:\n  source_ami_filter:\n    owners: *p\n    most_recent: true\n',
    [],
  ],
  [
    'CloudFormation: a resource that looks up',
    'Resources:\n  A:\n    Type: Custom::AMI\n    Properties:\n      Filters:\n        name: ubuntu*\n      ServiceToken: !Ref F\n  B:\n    Type: Custom::AMI\n    Properties:\n      Filters: { name: x }\n      Owners: [amazon]\n',
    ['name-without-owner:3'],
  ],
  ['JSON by another name', '{"source_ami_filter":{"most_recent":true}}', NEWEST],
];

const find =
  'aws ec2 describe-images --filters "Name=name,Values=ubuntu/*" --query "sort_by(Images, &CreationDate)[-1]"';
const shell: readonly Case[] = [
  ['in a quoted substitution, with owners', `ID="$(${find} --owners amazon)"\n`, []],
  ['in a quoted substitution, without', `set -e\nID="$(${find})"\n`, ['most-recent-without-owner:2']],
  ['in backticks', `ID=\`${find}\`\n`, NEWEST],
  ['over lines of Windows', `${find.replaceAll(' --', ' \\\r\n  --')} \\\r\n  --owners 099720109477\r\n`, []],
  [
    'a query over lines',
    "aws ec2 describe-images \\\n --query 'sort_by(Images,\n &CreationDate)[-1]' \\\n --owners self\n",
    [],
  ],
  [
    'options before the command',
    'aws --profile p ec2 --region r describe-images --filters Name=name,Values=x\n',
    ['name-without-owner:1'],
  ],
  [
    'owners by an array',
    'aws ec2 describe-images --owners "${OWNERS[@]}" --query "sort_by(Images,&X)"\n',
    [],
  ],
  ['options nobody sees', 'aws ec2 describe-images "${args[@]}" --query "sort_by(Images,&X)"\n', []],
  [
    'filters that are computed',
    'aws ec2 describe-images --filters $FILTERS --query "sort_by(Images,&X)"\n',
    [],
  ],
  [
    'filters in JSON',
    `aws ec2 describe-images --filters '[{"Name":"name","Values":["x"]}]'\n`,
    ['name-without-owner:1'],
  ],
  [
    'an owner in JSON',
    `aws ec2 describe-images --filters '[{"Name":"owner-id","Values":["099720109477"]}]'\n`,
    [],
  ],
  [
    'sorted by others',
    'aws ec2 describe-images --filters Name=name,Values=x |\n jq -r .Images[] | sort | tail -n 1\n',
    NEWEST,
  ],
  ['sorted by the next command only', 'aws ec2 describe-images --owners self; sort x\n', []],
  [
    'a wildcard owner filter',
    'aws ec2 describe-images --filters Name=owner-id,Values=*\n',
    ['wildcard-owner:1'],
  ],
  ['comments with quotes', `# don't\nx=1 # it's\n${find}\n`, ['most-recent-without-owner:3']],
  ['a heredoc with quotes', `cat <<'EOF'\ndon't\nEOF\n${find}\n`, ['most-recent-without-owner:4']],
  [
    'a heredoc that is a script',
    `cat > user-data <<EOF\n#!/bin/sh\n${find}\nEOF\n`,
    ['most-recent-without-owner:3'],
  ],
  ['a shift, which is no heredoc', `x=$((1 << 2))\n${find}\n`, ['most-recent-without-owner:2']],
  [
    'a function, a case and an array',
    `f() {\n case $1 in\n  a) ${find} ;;\n esac\n}\na=(1 2 "3")\n`,
    ['most-recent-without-owner:3'],
  ],
  ['a quote with escapes', `x=$'it\\'s'\n${find}\n`, ['most-recent-without-owner:2']],
  ['both outputs elsewhere', `${find} 2>&1 >/dev/null && echo --owners self\n`, NEWEST],
  [
    'a disk of gcloud',
    'gcloud compute instances create x --create-disk=boot=yes,image-family=f,image-project=my-free-images\n',
    ['foreign-family:1'],
  ],
  [
    'a project that is computed',
    'gcloud compute instances create x --image-family f --image-project "$PROJECT"\n',
    [],
  ],
  [
    'a family of a known project',
    'gcloud beta compute instance-templates create x \\\n --image-family=debian-12 --image-project=debian-cloud\n',
    [],
  ],
  [
    'a disk of az',
    'az disk create -g g -n d --image-reference Nobody:o:s:latest\n',
    ['latest-of-unknown-publisher:1'],
  ],
  ['a version', 'az vm create -n x --image Nobody:o:s:1.2.3\n', []],
  ['an alias of az', 'az vm create -n x --image Ubuntu2204\n', []],
];

for (const [kind, file, cases] of [
  ['Terraform', 'a.tf', terraform],
  ['Packer', 'a.pkr.hcl', packer],
  ['JSON', 'a.tf.json', json],
  ['YAML', 'a.yaml', yaml],
  ['shell', 'a.sh', shell],
] as const) {
  for (const [name, text, expected] of cases)
    test(`${kind}: ${name}`, () => assert.deepEqual(lint(file, text), expected));
}

const broken: readonly (readonly [file: string, text: string])[] = [
  ['a.tf', 'x = "a\n'],
  ['a.tf', 'x = <<EOT\n'],
  ['a.tf', '/* x'],
  ['a.tf', 'x = [1\n'],
  ['a.tf', 'x = 1)\n'],
  ['a.json', '{"a" 1}'],
  ['a.json', '{"a": "b\n"}'],
  ['a.json', '{} {}'],
  ['a.json', ''],
  ['a.yaml', 'urn: [a\n'],
  ['a.sh', "az 'x\n"],
  ['a.sh', 'az "$(x"\n'],
];

for (const [file, text] of broken) {
  test(`not parsed, and said so: ${file}: ${JSON.stringify(text)}`, () => {
    assert.throws(() => lint(file, text), SyntaxError);
  });
}
