import { testCases } from '../../../testing/detector-cases.ts';
import { hostKeys } from './index.ts';

testCases(hostKeys, [
  {
    name: 'a host key in a machine image',
    kind: 'disk',
    files: { 'etc/ssh/ssh_host_ed25519_key': 'KEY', 'etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAA' },
    expected: ['review machine/host-key etc/ssh/ssh_host_ed25519_key'],
  },
  {
    name: 'in a container image it is a private key like any other',
    files: { 'etc/ssh/ssh_host_ed25519_key': 'KEY' },
    expected: [],
  },
  { name: 'an empty one is none', kind: 'aws', files: { 'etc/ssh/ssh_host_rsa_key': '' }, expected: [] },
]);
