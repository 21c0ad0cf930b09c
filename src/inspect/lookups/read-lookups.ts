import { lookupsInJson, lookupsInYaml } from './document.ts';
import type { Lookup } from './lookup.ts';
import { lookupsInShell } from './shell.ts';
import { lookupsInHcl } from './terraform.ts';

/** Files that look-ups are read in, told by their names; undefined for others. */
export function lookupReaderFor(name: string): ((text: string) => Iterable<Lookup>) | undefined {
  if (/\.(?:tf|tofu|pkr\.hcl)$/i.test(name)) return lookupsInHcl;
  if (/\.json$/i.test(name)) return lookupsInJson;
  if (/\.(?:ya?ml|template)$/i.test(name)) return lookupsInYaml;
  if (/\.(?:sh|bash|zsh|ksh)$/i.test(name)) return lookupsInShell;
  return undefined;
}
