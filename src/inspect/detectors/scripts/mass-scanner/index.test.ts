import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { massScanner } from './index.ts';

const sh = (text: string) => ({ 'x.sh': `#!/bin/sh\n${text}\n` });
const review = ['review scripts/mass-scanner x.sh'];

const cases: readonly DetectorCase[] = [
  {
    name: 'masscan over engine ports',
    files: sh('masscan 198.51.100.0/24 -p 2375,2376 --rate 1000'),
    expected: review,
  },
  {
    name: 'ports in a variable',
    files: sh('PORT=6379\nwhile read net; do pnscan -p $PORT $net; done'),
    expected: review,
  },
  { name: 'zgrab', files: sh('zmap -p 10250 | zgrab --port 10250'), expected: review },
  {
    name: 'a loop over octets',
    files: sh('for i in $(seq 1 254); do nc -z -w1 10.0.0.$i 6379 && echo $i; done'),
    expected: review,
  },
  { name: 'nothing: a scanner installed', files: sh('apt-get install -y masscan # for 2375'), expected: [] },
  {
    name: 'nothing: a cluster asked',
    files: sh('for h in $HOSTS; do redis-cli -h $h -p 6379 ping; done'),
    expected: [],
  },
  { name: 'nothing: other ports', files: sh('masscan 198.51.100.0/24 -p 80,443'), expected: [] },
  { name: 'nothing: documentation', files: { README: 'masscan -p 2375' }, expected: [] },
];

testCases(massScanner, cases);
