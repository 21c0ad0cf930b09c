import type { Report } from '../../core/report.ts';
import { nameOf, toUuid } from '../image-name.ts';
import { annotationsOf } from './annotation.ts';
import { type SpdxPackage, toImagePackage, toPackage, toSystemPackage } from './package.ts';

interface Relationship {
  readonly spdxElementId: string;
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS';
  readonly relatedSpdxElement: string;
}

const DOCUMENT = 'SPDXRef-DOCUMENT';

/**
 * SPDX 2.3 as JSON. The document describes each image, an image contains its distribution and its packages. The
 * decision and the findings are annotations of the image. The same image gives the same namespace.
 */
export function renderSpdx(reports: readonly Report[]): string {
  const [first] = reports;
  const created = toSeconds(first?.createdAt ?? '');
  const tool = `Tool: ${first?.tool.name}-${first?.tool.version}`;
  const images = reports.map((report, index) => toImage(report, index, tool));
  const name = first === undefined ? 'nothing' : nameOf(first.image);
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name,
    documentNamespace: `https://spdx.org/spdxdocs/pratique-${toUuid(
      'spdx',
      reports.map(({ image }) => image),
    )}`,
    creationInfo: { created, creators: [tool] },
    packages: images.flatMap(({ packages }) => packages),
    relationships: images.flatMap(({ relationships }) => relationships),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function toImage(
  report: Report,
  index: number,
  tool: string,
): { packages: readonly SpdxPackage[]; relationships: readonly Relationship[] } {
  const { image, packages } = report;
  const id = `SPDXRef-Image-${index}`;
  const contents = [
    ...(image.distribution === undefined ? [] : [toSystemPackage(image.distribution, `${id}-System`)]),
    ...packages.map((one, at) => toPackage(one, `${id}-Package-${at}`)),
  ];
  return {
    packages: [
      { ...toImagePackage(image, id), annotations: annotationsOf(report, tool, toSeconds(report.createdAt)) },
      ...contents,
    ],
    relationships: [
      { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: id },
      ...contents.map(({ SPDXID }) => ({
        spdxElementId: id,
        relationshipType: 'CONTAINS' as const,
        relatedSpdxElement: SPDXID,
      })),
    ],
  };
}

/** SPDX times have no fraction (section 6.9). */
function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
