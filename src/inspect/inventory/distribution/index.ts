import type { Distribution } from '../../../core/package.ts';
import type { Examiner, Seen } from '../../contract.ts';

/** One release file's text, reduced to its `KEY=value` pairs or first line. */
export interface ReleaseFile {
  readonly kind: 'os-release' | 'plain';
  readonly fields: Readonly<Record<string, string>>;
}

export const distributionExaminer: Examiner<ReleaseFile> = {
  id: 'inventory/distribution',
  version: 1,
  wants: [{ paths: /^(?:etc|usr\/lib)\/os-release$/, maxSize: 64 * 1024 }],
  *examine(file) {
    yield { kind: 'os-release', fields: {} };
    void file;
  },
};

/** The distribution an image says it is, from its visible release files; `etc/os-release` speaks first. */
export function distributionFrom(_seen: readonly Seen<ReleaseFile>[]): Distribution | undefined {
  return undefined;
}
