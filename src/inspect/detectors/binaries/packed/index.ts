import { elfOf } from '../../../content/elf/elf-of.ts';
import { sampleEntropy } from '../../../content/elf/entropy.ts';
import type { Detector } from '../../../contract.ts';
import { upxOf } from './upx.ts';

const PACKED = 'binaries/packed';
const ALTERED = 'binaries/packed-altered';

/** Compiled code stays below 6.8 bits a byte in sixteen blocks; compressed and encrypted payloads are above 7.5. */
const HIGH_ENTROPY = 7.2;
/** Below this, entropy says nothing. */
const MIN_SIZE = 8192;

interface Packing {
  readonly how: 'upx' | 'upx-altered' | 'opaque';
  readonly entropy: number;
}

const WORDS = {
  upx: 'packed with UPX',
  'upx-altered': 'UPX header overwritten',
  opaque: 'no section headers',
};

const REFERENCES = ['https://attack.mitre.org/techniques/T1027/002/', 'https://upx.github.io/'];

export const packed: Detector<Packing> = {
  id: PACKED,
  rules: [
    {
      id: PACKED,
      tier: 'review',
      title: 'A packed program hides what it does',
      remedy:
        'Ship the program unpacked; images are compressed anyway. If you cannot, say who built it and how.',
      attack: ['T1027.002'],
      controls: ['TVM-02', 'UEM-09'],
      references: REFERENCES,
    },
    {
      id: ALTERED,
      tier: 'block',
      title: 'A packed program was altered so that it cannot be unpacked',
      remedy:
        'Remove the program: its packer header was damaged on purpose. Find out which build step added it.',
      attack: ['T1027.002'],
      controls: ['TVM-02', 'UEM-09'],
      references: REFERENCES,
    },
  ],
  examiner: {
    id: PACKED,
    version: 2,
    wants: [{ content: ['elf'] }],
    *examine(file) {
      const elf = elfOf(file);
      if (elf === undefined || elf.segments.length === 0) return;
      if (elf.type !== 'executable' && elf.type !== 'shared') return;
      const upx = upxOf(elf, file.record.size);
      if (upx === undefined && (elf.sectionTable !== 'absent' || file.bytes.length < MIN_SIZE)) return;
      const entropy = sampleEntropy(file.bytes);
      if (upx !== undefined) yield { how: upx === 'plain' ? 'upx' : 'upx-altered', entropy };
      else if (entropy >= HIGH_ENTROPY) yield { how: 'opaque', entropy };
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const entropy = `entropy ${observation.entropy.toFixed(2)} of 8`;
      const rule = observation.how === 'upx-altered' ? ALTERED : PACKED;
      yield { rule, layer, path, evidence: `${WORDS[observation.how]}, ${entropy}`, yieldsToPackages: true };
    }
  },
};
