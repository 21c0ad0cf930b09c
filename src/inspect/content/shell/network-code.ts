import { type Destination, findDestinations, toDestination } from './destination.ts';
import { inOrder, MAX_MATCHES, type ShellMatch, toMatch } from './match.ts';
import { statementsOf } from './statements.ts';
import { FETCHER } from './words.ts';

/** A statement that talks to the network. */
export interface NetworkMatch extends ShellMatch {
  /** Whom it talks to; undefined where the text does not say. */
  readonly to: Destination | undefined;
}

const FETCH = new RegExp(FETCHER, 'i');
const DEVICE = /\/dev\/(?:tcp|udp)\/([^/\s'"]{1,200})\//;
const CARRIER =
  /(?<![\w.-])(?:nc|ncat|netcat|telnet)\s{1,4}((?:-\w{1,8}\s{1,4}(?:\d{1,5}\s{1,4})?){0,6})([\w.${}:[\]-]{1,200})/;
const CODE =
  /\b(?:urlopen|requests\.(?:get|post|put|head)|http\.get|https\.get|fetch|file_get_contents|urlretrieve|HTTPConnection|create_connection)\s{0,4}\(/;

/** Every statement that fetches, posts or connects, with its destination. Talking to oneself is for the caller to judge. */
export function findNetworkCode(text: string): NetworkMatch[] {
  const found: NetworkMatch[] = [];
  for (const statement of statementsOf(text)) {
    if (found.length >= MAX_MATCHES) break;
    const match = toMatch(statement.offset, statement.text);
    const device = DEVICE.exec(statement.text);
    const carrier = CARRIER.exec(statement.text);
    const fetch = FETCH.exec(statement.text);
    if (device !== null) found.push({ ...match, to: toDestination('', device[1] ?? '') });
    else if (fetch !== null)
      found.push(...destinationsOf(statement.text.slice(fetch.index)).map((to) => ({ ...match, to })));
    else if (carrier !== null) found.push({ ...match, to: toDestination('', carrier[2] ?? '') });
    else if (CODE.test(statement.text)) found.push({ ...match, to: findDestinations(statement.text)[0] });
  }
  return inOrder(found);
}

function destinationsOf(command: string): (Destination | undefined)[] {
  const urls = findDestinations(command);
  if (urls.length > 0) return urls;
  const words = command.split(/\s{1,8}/, 40).slice(1);
  const host = words
    .map((word) => word.replace(/["']/g, ''))
    .find((word) =>
      /^(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|localhost|\$\{?\w{1,40}\}?)(?::\S{1,20})?(?:[/?]|$)/.test(word),
    );
  return [host === undefined ? undefined : toDestination('', host)];
}
