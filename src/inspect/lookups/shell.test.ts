import { type Case, NEWEST, testCases } from './testing/lint.ts';

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

testCases('shell', 'a.sh', shell);
