import { type Case, NEWEST, testCases } from './testing/lint.ts';

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

testCases('JSON', 'a.tf.json', json);
testCases('YAML', 'a.yaml', yaml);
