import type { Package } from '../../core/package.ts';
import type { Report } from '../../core/report.ts';
import { html, type Markup } from './markup.ts';

export function renderPackages({ packages }: Report): Markup {
  if (packages.length === 0) return html``;
  return html`<section class="packages">
<h2>Packages <small>${packages.length.toLocaleString('en')}</small></h2>
<details${packages.length <= 20 ? html` open` : undefined}>
<summary>Show the table</summary>
<div class="scroll"><table>
<thead><tr><th>Name</th><th>Version</th><th>Type</th><th>Licence</th></tr></thead>
<tbody>
${packages.map(renderPackage)}</tbody>
</table></div>
</details>
</section>`;
}

function renderPackage({ name, version, type, licence, purl }: Package): Markup {
  return html`<tr><td title="${purl}">${name}</td><td>${version}</td><td>${type}</td><td>${licence}</td></tr>
`;
}
