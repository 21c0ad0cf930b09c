import { fewOfEach } from '../../../content/bounded.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';
import { findTokens } from '../tokens/find.ts';
import { findAssignments } from './assignments.ts';

const RULE = 'secrets/environment';
/** Of each tier in one text. */
const MAX_FOUND = 32;

interface ConfigText {
  readonly config: string;
  readonly text: string;
  readonly layer?: number;
}

/** Secrets in what every puller of an image can read without a layer: environment, labels, commands and build history. */
export const environment: Detector = {
  id: 'secrets/environment',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The image configuration holds a secret',
      remedy:
        'Change the secret; pass it when the container starts, and to a build as a secret mount: build arguments stay in the history.',
      attack: ['T1552.001', 'T1552'],
      controls: ['IAM-14', 'DSP-17'],
      references: [
        'https://attack.mitre.org/techniques/T1552/001/',
        'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/',
      ],
    },
  ],
  judge: (image) => textsOf(image).flatMap(draftsOf),
};

function textsOf({ config, commands }: ImageView): ConfigText[] {
  return [
    ...config.env.map((line) => ({ config: `Env.${line.split('=', 1)[0]}`, text: quoted(line) })),
    ...Object.entries(config.labels).map(([name, value]) => ({ config: `Labels.${name}`, text: value })),
    // As written: the variables in them are told of where they are set.
    ...commands.map(({ config: where, argv, layer }) => ({
      config: where,
      text: argv.join(' '),
      ...(layer !== undefined && { layer }),
    })),
  ];
}

/** An environment line is one assignment, whatever spaces its value has. */
function quoted(line: string): string {
  const equals = line.indexOf('=');
  return equals < 0 ? line : `${line.slice(0, equals)}="${line.slice(equals + 1).replace(/["\n]/g, ' ')}"`;
}

function draftsOf({ config, text, layer }: ConfigText): FindingDraft[] {
  const place = { rule: RULE, config, ...(layer !== undefined && { layer }) };
  const found = [...fewOfEach(findTokens(text), MAX_FOUND, ({ proof }) => proof === 'shape')];
  if (found.length > 0) {
    return found.map(({ kind, proof, masked }) => ({
      ...place,
      tier: proof === 'shape' ? 'note' : 'review',
      evidence: `${kind} (by ${proof}): ${masked}`,
    }));
  }
  return [...fewOfEach(findAssignments(text), MAX_FOUND, ({ random }) => random)].map(
    ({ name, masked, random }) => ({
      ...place,
      tier: random ? 'review' : 'note',
      evidence: `${name}=${masked}`,
    }),
  );
}
