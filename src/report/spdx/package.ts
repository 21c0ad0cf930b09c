import { algorithmOf } from '../../core/digest.ts';
import type { Distribution, Package } from '../../core/package.ts';
import { toPrintable } from '../../core/printable.ts';
import type { ReportedImage } from '../../core/report.ts';
import { nameOf, toOciPurl } from '../image-name.ts';
import { isSpdxExpression } from '../licence.ts';
import type { SpdxAnnotation } from './annotation.ts';

/** The fields of SPDX 2.3, section 7, that are written. */
export interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly downloadLocation: 'NOASSERTION';
  readonly filesAnalyzed: false;
  readonly licenseConcluded: 'NOASSERTION';
  readonly licenseDeclared: string;
  readonly licenseComments?: string;
  readonly copyrightText: 'NOASSERTION';
  readonly supplier?: string;
  readonly sourceInfo?: string;
  readonly summary?: string;
  readonly primaryPackagePurpose?: 'CONTAINER' | 'OPERATING_SYSTEM';
  readonly checksums?: readonly { readonly algorithm: string; readonly checksumValue: string }[];
  readonly externalRefs?: readonly {
    readonly referenceCategory: 'PACKAGE-MANAGER';
    readonly referenceType: 'purl';
    readonly referenceLocator: string;
  }[];
  readonly annotations?: readonly SpdxAnnotation[];
}

const UNSAID = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
} as const;

export function toImagePackage(image: ReportedImage, id: string): SpdxPackage {
  const purl = toOciPurl(image);
  const { digest } = image;
  return {
    SPDXID: id,
    name: nameOf(image),
    ...(digest !== undefined && { versionInfo: digest }),
    ...UNSAID,
    primaryPackagePurpose: 'CONTAINER',
    ...(digest !== undefined && {
      checksums: [
        {
          algorithm: algorithmOf(digest).toUpperCase(),
          checksumValue: digest.slice(digest.indexOf(':') + 1),
        },
      ],
    }),
    ...(purl !== undefined && { externalRefs: refersTo(purl) }),
  };
}

export function toSystemPackage({ id, version, name }: Distribution, spdxId: string): SpdxPackage {
  return {
    SPDXID: spdxId,
    name: toPrintable(id, 200),
    ...(version !== undefined && { versionInfo: toPrintable(version, 200) }),
    ...UNSAID,
    primaryPackagePurpose: 'OPERATING_SYSTEM',
    ...(name !== undefined && { summary: toPrintable(name, 500) }),
  };
}

export function toPackage(one: Package, id: string): SpdxPackage {
  const { name, version, licence, maintainer, source, database } = one;
  const from = source === undefined ? '' : `, built from ${source.name} ${source.version}`;
  return {
    SPDXID: id,
    name: toPrintable(name, 500),
    versionInfo: toPrintable(version, 500),
    ...UNSAID,
    ...(licence !== undefined && licence !== '' && toLicence(licence)),
    ...(maintainer !== undefined && { supplier: toSupplier(maintainer) }),
    sourceInfo: toPrintable(`read from ${database}${from}`, 1000),
    externalRefs: refersTo(one.purl),
  };
}

function toLicence(licence: string): Pick<SpdxPackage, 'licenseDeclared' | 'licenseComments'> {
  if (isSpdxExpression(licence)) return { licenseDeclared: licence };
  const comment = `the package database says: ${toPrintable(licence, 1000)}`;
  return { licenseDeclared: 'NOASSERTION', licenseComments: comment };
}

/** `Organization: NAME (EMAIL)`; parentheses are the format's own (section 7.5). */
function toSupplier(maintainer: string): string {
  const [, raw = maintainer, email] =
    /^([^<>]{1,300}?)\s*<([^<>\s]{1,200}@[^<>\s]{1,200})>$/.exec(maintainer) ?? [];
  const name = toPrintable(raw, 300).replace(/[()]/g, ' ').replace(/\s+/g, ' ').trim();
  if (name === '') return 'NOASSERTION';
  return email === undefined ? `Organization: ${name}` : `Organization: ${name} (${toPrintable(email)})`;
}

function refersTo(purl: string): SpdxPackage['externalRefs'] & object {
  return [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }];
}
