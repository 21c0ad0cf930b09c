import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { Report } from '../../core/report.ts';
import { nameOf, toUuid } from '../image-name.ts';
import { toImageComponent } from './image-component.ts';

/**
 * CycloneDX 1.6 (ECMA-424), through the project's own library. The subject is the image, a component of type
 * `container`; the distribution and the packages are the components. Several platforms are containers inside one.
 *
 * Findings are properties of the container, named `pratique:finding`. They are not `vulnerabilities`: those are known
 * weaknesses of a component, which tools match and suppress by id, and a planted backdoor is nothing of the kind.
 *
 * The same image gives the same document but for `metadata.timestamp` and what the findings say.
 */
export function renderCycloneDx(reports: readonly Report[]): string {
  const spec = Spec.Spec1dot6;
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(spec));
  return `${serializer.serialize(toBom(reports), { space: 2 })}\n`;
}

function toBom(reports: readonly Report[]): Models.Bom {
  const [first, ...more] = reports;
  const images = reports.map(({ image }) => image);
  const bom = new Models.Bom({ serialNumber: `urn:uuid:${toUuid('cyclonedx', images)}` });
  if (first === undefined) return bom;
  bom.metadata.timestamp = new Date(first.createdAt);
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.PostBuild);
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, first.tool.name, { version: first.tool.version }),
  );
  if (more.length === 0) {
    const { container, contents } = toImageComponent(first);
    bom.metadata.component = container;
    for (const component of contents) bom.components.add(component);
    return bom;
  }
  bom.metadata.component = new Models.Component(Enums.ComponentType.Container, nameOf(first.image), {
    bomRef: 'index',
    ...(first.image.indexDigest !== undefined && { version: first.image.indexDigest }),
  });
  for (const report of reports) {
    const { container, contents } = toImageComponent(report);
    for (const component of contents) container.components.add(component);
    bom.metadata.component.dependencies.add(container.bomRef);
    bom.components.add(container);
  }
  return bom;
}
