import { type Destination, findDestinations, firstDestination, toDestination } from './destination.ts';
import { type ShellMatch, toMatch } from './match.ts';
import { statementsOf } from './statements.ts';
import { FETCHER } from './words.ts';

/** A statement that talks to the network. */
export interface NetworkMatch extends ShellMatch {
  /** Whom it talks to; undefined where the text does not say. */
  readonly to: Destination | undefined;
}

const FETCH = new RegExp(FETCHER, 'i');
const DEVICE = /\/dev\/(?:tcp|udp)\/([^/\s'"]{1,300})\//g;
const CARRIER =
  /(?<![\w.-])(?:nc|ncat|netcat|telnet)\s{1,4}((?:-\w{1,8}\s{1,4}(?:\d{1,5}\s{1,4})?){0,6})([\w.${}:[\]-]{1,300})/g;
const CODE =
  /\b(?:urlopen|requests\.(?:get|post|put|head)|http\.get|https\.get|fetch|file_get_contents|urlretrieve|HTTPConnection|create_connection)\s{0,4}\(/;

/**
 * Every statement that fetches, posts or connects, once for each of its destinations. Talking to oneself is for the
 * caller to judge.
 */
export function* findNetworkCode(text: string): Generator<NetworkMatch> {
  for (const statement of statementsOf(text)) {
    const destinations = destinationsOf(statement.text);
    if (destinations === undefined) continue;
    const match = toMatch(statement.offset, statement.text);
    for (const to of destinations) yield { ...match, to };
  }
}

/** Undefined for a statement that does not talk; a destination is undefined where the text does not say. */
function destinationsOf(text: string): Iterable<Destination | undefined> | undefined {
  if (text.search(DEVICE) >= 0) return text.matchAll(DEVICE).map(([, host = '']) => toDestination('', host));
  const fetch = FETCH.exec(text);
  if (fetch !== null) return addressesOf(text.slice(fetch.index));
  if (text.search(CARRIER) >= 0)
    return text.matchAll(CARRIER).map(([, , host = '']) => toDestination('', host));
  return CODE.test(text) ? [firstDestination(text)] : undefined;
}

function* addressesOf(command: string): Generator<Destination | undefined> {
  let some = false;
  for (const destination of findDestinations(command)) {
    some = true;
    yield destination;
  }
  if (some) return;
  const host = command
    .matchAll(/\S+/g)
    .drop(1)
    .map(([word]) => word.replace(/["']/g, ''))
    .find((word) =>
      /^(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|localhost|\$\{?\w{1,40}\}?)(?::\S{1,20})?(?:[/?]|$)/.test(word),
    );
  yield host === undefined ? undefined : toDestination('', host);
}
