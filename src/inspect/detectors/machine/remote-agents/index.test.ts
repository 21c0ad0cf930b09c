import { testCases } from '../../../testing/detector-cases.ts';
import { remoteAgents } from './index.ts';

const ELF = Buffer.from('7f454c4602010100', 'hex');
const PE = Buffer.concat([
  Buffer.from('MZ'),
  Buffer.alloc(58),
  Buffer.from([64, 0, 0, 0]),
  Buffer.from('PE\0\0'),
]);

testCases(remoteAgents, [
  {
    name: 'agents, on Linux and Windows',
    kind: 'disk',
    files: { 'opt/x/ngrok': ELF, 'Program Files/RustDesk/RustDesk.exe': PE, 'usr/local/bin/frpc': ELF },
    expected: [
      'review machine/remote-agent Program Files/RustDesk/RustDesk.exe',
      'review machine/remote-agent opt/x/ngrok',
      'review machine/remote-agent usr/local/bin/frpc',
    ],
  },
  {
    name: 'a folder, a manual and other names',
    kind: 'disk',
    files: { 'usr/share/doc/ngrok': 'text', 'usr/bin/frpcx': ELF, 'opt/ngrok/': '' },
    expected: [],
  },
  { name: 'a container image', files: { 'usr/bin/cloudflared': ELF }, expected: [] },
]);
