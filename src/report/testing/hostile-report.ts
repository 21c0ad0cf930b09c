import fc from 'fast-check';
import type { LayerPath } from '../../core/layer-path.ts';
import type { Report } from '../../core/report.ts';
import { ANSI, BREAKS, MARKUP, OVERRIDE, SAMPLE_REPORT } from './sample-report.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ANSI,
    BREAKS,
    MARKUP,
    OVERRIDE,
    '',
    ':',
    '@',
    '/',
    ' ',
    '#?%',
    'a:',
    'a/:b',
    'constructor',
    '__proto__',
  ),
);

/** Reports whose every text is what an image's author could write. */
export const hostileReports: fc.Arbitrary<Report> = fc
  .record({ location: text, tag: text, path: text, name: text, licence: text, maintainer: text, word: text })
  .map(({ location, tag, path, name, licence, maintainer, word }) => ({
    ...SAMPLE_REPORT,
    image: {
      ...SAMPLE_REPORT.image,
      location,
      tags: [tag],
      platform: { os: word, architecture: name, variant: tag },
      distribution: { id: name, idLike: [], version: word, name },
      config: { ...SAMPLE_REPORT.image.config, labels: { [name]: word } },
    },
    packages: [
      {
        purl: 'pkg:deb/debian/a@1',
        name,
        version: word,
        type: 'deb',
        licence,
        maintainer,
        database: path as LayerPath,
      },
    ],
    findings: SAMPLE_REPORT.findings.map((finding) => ({
      ...finding,
      evidence: word,
      location: { ...finding.location, path },
    })),
    problems: SAMPLE_REPORT.problems.map((problem) => ({ ...problem, message: word, path })),
    decision: { outcome: 'deny', reasons: [word] },
  }));
