/** Folders whose keys and tokens are there to be read: tests, examples, manuals. */
const SPECIMENS =
  /(?:^|\/)(?:tests?|testing|testdata|test-data|fixtures?|examples?|samples?|specs?|__tests__|docs?|demos?|man)\/|[._-](?:test|spec|example|sample)\.[a-z]{1,4}$|\.(?:md|rst|html?)$/i;

export function isSpecimenPlace(path: string): boolean {
  return SPECIMENS.test(path);
}
