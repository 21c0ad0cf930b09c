/**
 * Adds a filter above each package table. Rows are hidden, never written, so that no text of the image is parsed as
 * markup. Printing shows the table as it is filtered.
 */
export const SCRIPT = `
for (const details of document.querySelectorAll('.packages details')) {
  const rows = [...details.querySelectorAll('tbody tr')];
  const input = document.createElement('input');
  const said = document.createElement('output');
  input.type = 'search';
  input.placeholder = 'Filter packages';
  input.setAttribute('aria-label', 'Filter packages');
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) shown += 1;
    }
    said.textContent = wanted === '' ? '' : shown + ' of ' + rows.length;
    details.open = true;
  });
  const bar = document.createElement('p');
  bar.className = 'filter';
  bar.append(input, said);
  details.before(bar);
}
`;
