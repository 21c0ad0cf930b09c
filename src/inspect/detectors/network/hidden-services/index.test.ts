import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { hiddenServices } from './index.ts';

const ID = 'network/hidden-service';
/** Of the specification's example keys: valid by its checksum. */
const ONION = '25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion';
const elf = (text: string) => `\x7fELF\x02\x01\x01\0\0\0\0${text}\0`;
const review = (path: string) => [`review ${ID} ${path}`];

const cases: readonly DetectorCase[] = [
  {
    name: 'an onion address',
    files: { 'x.sh': `#!/bin/sh\ncurl http://${ONION}/\n` },
    expected: review('x.sh'),
  },
  {
    name: 'an onion address in a program',
    files: { 'app/a': elf(`http://${ONION}/c`) },
    expected: review('app/a'),
  },
  { name: 'Tor itself', files: { 'opt/t': elf('HiddenServiceDir') }, expected: review('opt/t') },
  {
    name: 'a torrc',
    files: { 'opt/torrc': 'HiddenServiceDir /var/lib/hs\n' },
    expected: review('opt/torrc'),
  },
  { name: 'a dynamic name', files: { 'x.py': 'HOST = "c2-a1.duckdns.org"\n' }, expected: review('x.py') },
  {
    name: 'a dynamic name in a program',
    files: { 'app/a': elf('evil7.hopto.org') },
    expected: review('app/a'),
  },
  {
    name: 'a tunnel',
    files: { 'x.sh': '#!/bin/sh\nssh -R 80:localhost:3000 serveo.net\n' },
    expected: review('x.sh'),
  },
  {
    name: 'a quick tunnel',
    config: { cmd: ['cloudflared', 'tunnel', '--url', 'http://localhost:80'] },
    expected: review('Cmd'),
  },
  { name: 'ngrok', config: { cmd: ['sh', '-c', 'ngrok tcp 22'] }, expected: review('Cmd') },
  { name: 'the environment', config: { env: ['HOST=evil7.ngrok.io'] }, expected: review('Env.HOST') },
  {
    name: 'nothing: no onion address by its checksum',
    files: { 'x.sh': `#!/bin/sh\ncurl http://a${ONION.slice(1)}/\n` },
    expected: [],
  },
  {
    name: 'nothing: the service itself',
    files: {
      'app/a': elf('https://www.duckdns.org/update'),
      'x.py': 'URL = "https://www.duckdns.org/update"\n',
    },
    expected: [],
  },
  {
    name: 'nothing: an example',
    files: { 'x.js': 'const host = "your-app.ngrok.io"; const any = ".ngrok.io";\n' },
    expected: [],
  },
  {
    name: 'nothing: a list',
    files: { 'x.js': '["a1.duckdns.org","b1.hopto.org","c1.ngrok.io","d1.zapto.org","e1.sytes.net"]\n' },
    expected: [],
  },
  { name: 'nothing: documentation', files: { 'README.md': `see http://${ONION}` }, expected: [] },
];

testCases(hiddenServices, cases);
