import type { Tier } from '../../../../core/finding.ts';
import { toMatch } from '../../../content/shell/match.ts';
import { type Statement, statementsOf } from '../../../content/shell/statements.ts';
import { SHELL } from '../../../content/shell/words.ts';
import { toScriptDetector } from '../script-detector.ts';

/*
 * Ways out of a container that scripts use. The engine's socket alone is ordinary (proxies, updaters and build agents
 * ask it for lists), and so is `nsenter` in agents that care for a node: both count when what they start is a
 * container with the host's root, or a shell on the host. Files of the kernel that run a program on the host
 * (`release_agent`, `uevent_helper`, a `core_pattern` with a pipe) are written by nobody else inside a container.
 */

interface Escape {
  readonly tier?: Tier;
  readonly is: (statement: string) => boolean;
}

const WRITES = '(?:>{1,2}\\s{0,4}|\\btee\\s{1,4}(?:-a\\s{1,4})?)["\']?[^\\s;|]{0,120}';
const SOCKET_OR_HOST =
  /docker\.sock|containerd\.sock|crio\.sock|podman\.sock|\b(?:docker|podman|nerdctl)\s{1,4}(?:-H|--host)\b|\bDOCKER_HOST=|:\/?\/?[^\s/]{0,60}:237[56]\b/;
const HOST_ROOT =
  /(?:-v|--volume)[\s=]{1,4}["']?\/:\/?|\bsource=\/,|\bsrc=\/,|["']?Binds["']?\\?["']?\s{0,4}:\s{0,4}\[\s{0,4}\\?["']\/:|\bhostPath\b[^\n]{0,40}["']?path\\?["']?\s{0,4}:\s{0,4}\\?["']\/\\?["']/;
const HOST_NAMESPACES = /\bnsenter\b[^\n]{0,60}(?:(?:-t|--target)[\s=]{0,4}["']?1(?!\d)|\/proc\/1\/ns\/)/;
const HOST_SHELL = new RegExp(`${SHELL}\\s{0,4}(?:-[il]|-c|$|["'&])`);
const KERNEL_FILES = new RegExp(`${WRITES}(?:release_agent|uevent_helper)\\b`);
/** As udev does at boot: an empty line takes the helper away. */
const EMPTIED = /\becho\s{0,4}(?:''|"")?\s{0,4}>{1,2}\s{0,4}["']?[^\s;|]{0,120}uevent_helper\b/g;
const CORE_PATTERN = new RegExp(`["'\\s]\\|\\S[^\\n]{0,200}${WRITES}core_pattern\\b`);
const CORE_SYSCTL = /\bsysctl\b[^\n]{0,60}kernel\.core_pattern\s{0,2}=\s{0,2}["']?\|/;

const ESCAPES: readonly Escape[] = [
  { is: (text) => SOCKET_OR_HOST.test(text) && HOST_ROOT.test(text) },
  {
    is: (text) =>
      /\bdocker\b|\bpodman\b/.test(text) && HOST_ROOT.test(text) && /\bchroot\b|--privileged/.test(text),
  },
  { is: (text) => HOST_NAMESPACES.test(text) && HOST_SHELL.test(text.slice(text.search(/\bnsenter\b/) + 7)) },
  { is: (text) => HOST_NAMESPACES.test(text), tier: 'review' },
  { is: (text) => KERNEL_FILES.test(text.replace(EMPTIED, '')) },
  {
    is: (text) =>
      (CORE_PATTERN.test(text) || CORE_SYSCTL.test(text)) &&
      /\/tmp\/|overlay|upper|\$|\/proc\/(?!sys\/)|\/dev\/shm/.test(text),
  },
  { is: (text) => CORE_PATTERN.test(text) || CORE_SYSCTL.test(text), tier: 'review' },
  { is: (text) => /\bchroot\s{1,4}["']?\/proc\/1\/root\b/.test(text) },
];

export const containerEscape = toScriptDetector({
  version: 5,
  history: true,
  needles: [
    'docker.sock',
    'containerd.sock',
    'crio.sock',
    'podman.sock',
    'docker -h',
    'docker_host',
    ':2375',
    ':2376',
    '--host',
    'nsenter',
    'release_agent',
    'uevent_helper',
    'core_pattern',
    '/proc/1/root',
    'docker run',
    'podman run',
    'hostpath',
  ],
  rule: {
    id: 'scripts/container-escape',
    tier: 'block',
    title: 'A script leaves its container for the host',
    remedy:
      'Do not run the image. A tool that must act on its host belongs in a reviewed agent, approved by digest.',
    attack: ['T1611', 'T1610'],
    controls: ['IVS-06', 'TVM-06', 'IAM-16'],
    references: ['https://attack.mitre.org/techniques/T1611/', 'https://attack.mitre.org/techniques/T1610/'],
  },
  *find(text) {
    for (const statement of statementsOf(text)) {
      const way = escapeIn(statement);
      if (way === undefined) continue;
      const match = toMatch(statement.offset, statement.text);
      yield way.tier === undefined ? match : { ...match, tier: way.tier };
    }
  },
});

function escapeIn({ text }: Statement): Escape | undefined {
  return ESCAPES.find(({ is }) => is(text));
}
