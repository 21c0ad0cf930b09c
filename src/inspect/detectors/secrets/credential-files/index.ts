import type { Detector } from '../../../contract.ts';
import { isSpecimenPlace } from '../evidence/places.ts';
import { CREDENTIAL_PATHS, parseCredentials, type StoredCredential } from './parse.ts';

const RULE = 'secrets/credential-file';

/** Passwords where programs keep them: Docker, git, netrc, PostgreSQL, AWS, npm, PyPI, Kubernetes. */
export const credentialFiles: Detector<StoredCredential> = {
  id: 'secrets/credential-files',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A file of stored credentials ships in the image',
      remedy:
        'Change the password, and give credentials to the build as a secret mount: deleting the file in a later layer does not remove it.',
      attack: ['T1552.001'],
      controls: ['IAM-14', 'DSP-17'],
      references: [
        'https://attack.mitre.org/techniques/T1552/001/',
        'https://docs.docker.com/build/building/secrets/',
      ],
    },
  ],
  examiner: {
    id: 'secrets/credential-files',
    version: 2,
    wants: [{ paths: CREDENTIAL_PATHS, maxSize: 256 * 1024 }],
    examine: (file) => parseCredentials(file.record.path, file.text()),
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { service, masked, line } = observation;
      const place = { layer, path, ...(line !== undefined && { line }) };
      const tier = isSpecimenPlace(path) ? 'note' : 'review';
      yield { rule: RULE, tier, ...place, evidence: `${service}: ${masked}`, yieldsToPackages: true };
    }
  },
};
