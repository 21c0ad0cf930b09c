import { isMachine } from '../../../../core/image.ts';
import type { Detector } from '../../../contract.ts';

/** Where sshd(8) has its host keys; the private halves. */
export const HOST_KEY =
  /^etc\/(?:ssh|dropbear)\/(?:ssh_host_[a-z0-9_-]{1,30}_key|dropbear_[a-z0-9_-]{1,20}_host_key)$|^ProgramData\/ssh\/ssh_host_[a-z0-9_-]{1,30}_key$/i;

const RULE = 'machine/host-key';

export const hostKeys: Detector<true> = {
  id: 'machine/host-keys',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'An SSH host key is baked into the image',
      remedy:
        'Delete etc/ssh/ssh_host_* before the image is made: each machine makes its own at first boot. Who has the image can pose as every machine that was started from it.',
      attack: ['T1552.004', 'T1557'],
      controls: ['IAM-14', 'UEM-14'],
      references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/building-shared-amis.html'],
    },
  ],
  examiner: {
    id: 'machine/host-keys',
    version: 2,
    wants: [{ paths: HOST_KEY }],
    *examine({ record }) {
      if (record.size > 0) yield true;
    },
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path } of seen)
      yield { rule: RULE, layer, path, evidence: 'every machine started from it has this key' };
  },
};
