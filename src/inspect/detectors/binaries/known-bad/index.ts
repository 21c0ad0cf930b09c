import type { Detector } from '../../../contract.ts';
import { KNOWN_BAD_SAMPLES, type KnownBad } from './samples.ts';

const RULE = 'binaries/known-bad';

/** The detector with more digests than the ones that ship: what a user lists with `--known-bad`. */
export function toKnownBad(extra: readonly KnownBad[]): Detector {
  const samples = new Map([...extra, ...KNOWN_BAD_SAMPLES].map((sample) => [sample.sha256, sample]));
  return {
    id: RULE,
    rules: [
      {
        id: RULE,
        tier: 'block',
        title: 'The file is a known malicious sample',
        remedy:
          'Do not run the image. Rebuild it from a trusted base, and find out which build step added the file.',
        attack: ['T1204.003', 'T1588.001'],
        controls: ['TVM-02', 'UEM-09'],
        references: ['https://attack.mitre.org/techniques/T1204/003/'],
      },
    ],
    // A look-up by digest needs no content: every regular file's record carries its SHA-256.
    *judge(image) {
      for (const [layer, { files }] of image.layers.entries()) {
        for (const { path, sha256 } of files.values()) {
          const sample = sha256 === undefined ? undefined : samples.get(sha256);
          if (sample === undefined) continue;
          yield { rule: RULE, layer, path, evidence: `${sample.name}: sha256 ${sha256} (${sample.source})` };
        }
      }
    },
  };
}

export const knownBad = toKnownBad([]);
