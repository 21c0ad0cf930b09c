import { testCases } from '../../../testing/detector-cases.ts';
import { machineId } from './index.ts';

const ID = 'b08dfa6083e7567a1921a715000001fb';

testCases(machineId, [
  {
    name: 'an id in a machine image',
    kind: 'gcp',
    files: { 'etc/machine-id': `${ID}\n` },
    expected: ['note machine/machine-id etc/machine-id'],
  },
  { name: 'none yet', kind: 'disk', files: { 'etc/machine-id': 'uninitialized\n' }, expected: [] },
  { name: 'in a container image', files: { 'etc/machine-id': `${ID}\n` }, expected: [] },
]);
