import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import type { Package } from '../../core/package.ts';
import { toPrintable } from '../../core/printable.ts';
import { isSpdxExpression } from '../licence.ts';

export function toPackageComponent(one: Package, bomRef: string): Models.Component {
  const { name, version, purl, licence, maintainer } = one;
  return new Models.Component(Enums.ComponentType.Library, toPrintable(name, 500), {
    bomRef,
    version: toPrintable(version, 500),
    purl,
    ...(maintainer !== undefined && {
      supplier: new Models.OrganizationalEntity({ name: toPrintable(maintainer, 500) }),
    }),
    ...(licence !== undefined && licence !== '' && { licenses: toLicences(licence) }),
    properties: new Models.PropertyRepository(propertiesOf(one)),
  });
}

function toLicences(licence: string): Models.LicenseRepository {
  return new Models.LicenseRepository([
    isSpdxExpression(licence)
      ? new Models.LicenseExpression(licence)
      : new Models.NamedLicense(toPrintable(licence, 1000), {
          acknowledgement: Enums.LicenseAcknowledgement.Declared,
        }),
  ]);
}

function propertiesOf({ source, database, architecture }: Package): Models.Property[] {
  return [
    new Models.Property('pratique:database', toPrintable(database, 1000)),
    ...(architecture === undefined
      ? []
      : [new Models.Property('pratique:architecture', toPrintable(architecture, 100))]),
    ...(source === undefined
      ? []
      : [new Models.Property('pratique:source', toPrintable(`${source.name} ${source.version}`, 1000))]),
  ];
}
