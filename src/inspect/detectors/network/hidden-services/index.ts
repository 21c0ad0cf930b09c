import { stringsAround } from '../../../content/program-strings.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { findPatterns, inOrder, lineOf, type ShellMatch } from '../../../content/shell/match.ts';
import { isConfiguration, isProgram, languageOf } from '../../../content/shell/text-role.ts';
import type { Detector, FileView } from '../../../contract.ts';
import { OWN_NAME, SERVICE_DOMAINS } from './hosts.ts';
import { findOnionAddresses } from './onion.ts';

/*
 * Command servers hide where they cannot be taken down: behind Tor, a dynamic name or a tunnel. Libraries know those
 * services too (suffix lists, updaters, development servers), so a bare domain is nothing: a name under it is, once,
 * in something that runs or configures. Many of them in one file are a list.
 */

const RULE = 'network/hidden-service';
const TOR = 'hiddenservicedir';
const NEEDLES = ['.onion', ...SERVICE_DOMAINS];
const COMMAND_NEEDLES = ['ngrok http', 'ngrok tcp', 'ngrok start', 'cloudflared', TOR];
const NAMES = new RegExp(
  `(?<![\\w.-])((?:[\\w-]{1,63}\\.){0,3}[\\w-]{1,63})\\.(${SERVICE_DOMAINS.map((domain) => domain.replaceAll('.', '\\.')).join('|')})(?![\\w-]|\\.\\w)`,
  'gi',
);
const COMMANDS = [
  /(?<![\w.-])ngrok["']?\s{1,4}(?:http|tcp|tls|start)\b[^\n]{0,80}/g,
  /(?<![\w.-])cloudflared["']?\s{1,4}tunnel\s{1,4}(?:--?[\w-]{1,30}(?:[= ]\S{1,60})?\s{1,4}){0,4}--url\b[^\n]{0,80}/g,
  /(?<![\w.-])ssh\b[^\n;|]{0,120}\s-R\s?[^\n;|]{1,120}(?:serveo\.net|localhost\.run|pinggy\.io|lhr\.life)\b/g,
  /^[ \t]{0,20}HiddenServiceDir\s{1,8}\/\S{1,200}/gm,
];
/** As many different services in one file are a list of them. */
const LIST_SIZE = 4;

interface HiddenSighting {
  readonly line?: number;
  readonly offset: number;
  readonly text: string;
}

export const hiddenServices: Detector<HiddenSighting> = {
  id: 'network/hidden-services',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The image reaches a hidden service, a dynamic name or a tunnel',
      remedy: 'Find out what is behind the name. Use a name of your own where traffic leaves on purpose.',
      attack: ['T1090.003', 'T1568', 'T1572'],
      controls: ['IVS-03', 'TVM-06'],
      references: [
        'https://attack.mitre.org/techniques/T1090/003/',
        'https://attack.mitre.org/techniques/T1568/',
        'https://attack.mitre.org/techniques/T1572/',
      ],
    },
  ],
  examiner: {
    id: 'network/hidden-services',
    version: 4,
    wants: [
      { content: ['elf', 'pe', 'macho'], needles: [...NEEDLES, TOR] },
      { content: ['script', 'text'], needles: [...NEEDLES, ...COMMAND_NEEDLES] },
    ],
    *examine(file) {
      const matches = Iterator.from(
        isProgram(file.record) ? matchesInProgram(file) : matchesInText(file),
      ).take(3);
      for (const { offset, text } of matches) {
        const line = file.base === 0 && !isProgram(file.record) ? { line: lineOf(file.text(), offset) } : {};
        yield { ...line, offset: file.base + offset, text };
      }
    },
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, offset, text } = observation;
      const place = line !== undefined ? { line } : { offset };
      yield { rule: RULE, layer, path, ...place, evidence: text, yieldsToPackages: true };
    }
    for (const { config, text, layer } of image.commands) {
      const match = findHiddenServices(text).find(() => true);
      if (match !== undefined)
        yield { rule: RULE, config, ...(layer !== undefined && { layer }), evidence: match.text };
    }
    for (const line of image.config.env) {
      const name = line.slice(0, Math.max(0, line.indexOf('=')));
      const match = findHiddenServices(line).find(() => true);
      if (match !== undefined)
        yield { rule: RULE, config: `Env.${name}`, evidence: `${name}: ${match.text}` };
    }
  },
};

function findHiddenServices(text: string): Generator<ShellMatch> {
  return inOrder(
    findOnionAddresses(text),
    findPatterns(text, COMMANDS),
    isList([text]) ? [] : findServiceNames(text),
  );
}

function* findServiceNames(text: string): Generator<ShellMatch & { readonly service: string }> {
  for (const { index, 0: name, 1: labels = '', 2: domain = '' } of text.matchAll(NAMES)) {
    if (labels.split('.').some((label) => OWN_NAME.test(label))) continue;
    yield { offset: index, text: name, service: domain.toLowerCase() };
  }
}

function isList(texts: Iterable<string>): boolean {
  const services = new Set<string>();
  for (const text of texts) {
    for (const { service } of findServiceNames(text)) services.add(service);
  }
  return services.size >= LIST_SIZE;
}

function matchesInText(file: FileView): Iterable<ShellMatch> {
  const language = languageOf(file.record, file.interpreter);
  if (
    language === undefined &&
    !isConfiguration(file.record) &&
    !/(?:^|\/)\.?torrc[\w.-]*$/.test(file.record.path)
  )
    return [];
  return findHiddenServices(blankComments(file.text(), language));
}

function* matchesInProgram(file: FileView): Generator<ShellMatch> {
  // Only Tor itself knows this option.
  const [tor] = file.hits(TOR);
  if (tor !== undefined) yield { offset: tor, text: 'Tor (HiddenServiceDir)' };
  const strings = () => stringsAround(file, NEEDLES);
  const listed = isList(strings().map(({ text }) => text));
  for (const { offset, text } of strings()) {
    for (const match of inOrder(findOnionAddresses(text), listed ? [] : findServiceNames(text)))
      yield { text: match.text, offset: offset - file.base + match.offset };
  }
}
