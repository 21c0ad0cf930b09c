/** The page of a MITRE ATT&CK technique; undefined where the id has not the shape of one. */
export function attackUrl(technique: string): string | undefined {
  const match = /^(T\d{4})(?:\.(\d{3}))?$/.exec(technique);
  if (match === null) return undefined;
  const [, parent = '', sub] = match;
  return `https://attack.mitre.org/techniques/${parent}/${sub === undefined ? '' : `${sub}/`}`;
}

/** A reference that may become a link: only the web, so that no `javascript:` gets into a page. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
