import { isMachine } from '../../../../core/image.ts';
import type { Detector } from '../../../contract.ts';

interface MachineId {
  readonly id: string;
}

const RULE = 'machine/machine-id';
/** machine-id(5): 32 hex digits; `uninitialized`, or an empty file, has one made at boot. */
const ID = /^[0-9a-f]{32}$/;

export const machineId: Detector<MachineId> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'note',
      title: 'Every machine started from it has the same machine id',
      remedy: 'Empty etc/machine-id before the image is made; systemd then makes one at first boot.',
      attack: ['T1525'],
      controls: ['UEM-14'],
      references: ['https://www.freedesktop.org/software/systemd/man/latest/machine-id.html'],
    },
  ],
  examiner: {
    id: RULE,
    version: 1,
    wants: [{ paths: /^(?:etc\/machine-id|var\/lib\/dbus\/machine-id)$/, maxSize: 4096 }],
    *examine(file) {
      const id = file.text().trim();
      if (ID.test(id)) yield { id };
    },
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path, observation } of seen)
      yield { rule: RULE, layer, path, evidence: observation.id };
  },
};
