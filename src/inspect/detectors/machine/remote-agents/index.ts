import { isMachine } from '../../../../core/image.ts';
import type { Detector } from '../../../contract.ts';

/*
 * Programs that let somebody in from outside without an open port: remote support, tunnels, mesh agents. All have honest uses; in an image of
 * somebody else's, each is a door whose key somebody else has (ATT&CK T1219, T1572). Known by the names their makers give them.
 */

interface Agent {
  readonly name: string;
}

const RULE = 'machine/remote-agent';

/** Base name of the program, lower case, without `.exe`: what it is. */
const AGENTS: ReadonlyMap<string, string> = new Map([
  ['anydesk', 'AnyDesk'],
  ['atera_agent', 'Atera'],
  ['ateraagent', 'Atera'],
  ['bore', 'bore'],
  ['chisel', 'chisel'],
  ['cloudflared', 'Cloudflare Tunnel'],
  ['dwagent', 'DWService'],
  ['dwagsvc', 'DWService'],
  ['frpc', 'frp'],
  ['gost', 'gost'],
  ['gotty', 'GoTTY'],
  ['gs-netcat', 'gsocket'],
  ['gsocket', 'gsocket'],
  ['ligolo-agent', 'Ligolo-ng'],
  ['localtonet', 'Localtonet'],
  ['meshagent', 'MeshCentral'],
  ['netbird', 'NetBird'],
  ['ngrok', 'ngrok'],
  ['npc', 'nps'],
  ['nxserver.bin', 'NoMachine'],
  ['rathole', 'rathole'],
  ['remote_assistance_host', 'Chrome Remote Desktop'],
  ['remoting_host', 'Chrome Remote Desktop'],
  ['rport', 'RPort'],
  ['rustdesk', 'RustDesk'],
  ['screenconnect.clientservice', 'ScreenConnect'],
  ['splashtop-streamer', 'Splashtop'],
  ['srservice', 'Splashtop'],
  ['sshx', 'sshx'],
  ['tailscaled', 'Tailscale'],
  ['teamviewer_service', 'TeamViewer'],
  ['teamviewerd', 'TeamViewer'],
  ['tmate', 'tmate'],
  ['ttyd', 'ttyd'],
  ['twingated', 'Twingate'],
  ['wstunnel', 'wstunnel'],
  ['zerotier-one', 'ZeroTier'],
]);

const NAMES = [...AGENTS.keys()].map((name) => name.replace(/[.]/g, '\\.')).join('|');

export const remoteAgents: Detector<Agent> = {
  id: 'machine/remote-agents',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A program lets somebody in from outside',
      remedy: 'Remove it, or have it installed and enrolled by your own set-up when a machine starts.',
      attack: ['T1219', 'T1572'],
      controls: ['IAM-16', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1219/'],
    },
  ],
  examiner: {
    id: 'machine/remote-agents',
    version: 2,
    wants: [
      {
        paths: new RegExp(`(?:^|/)(?:${NAMES})(?:\\.exe)?$`, 'i'),
        content: ['elf', 'pe', 'script', 'archive'],
      },
    ],
    *examine({ record }) {
      const base = record.path.slice(record.path.lastIndexOf('/') + 1);
      const name = AGENTS.get(base.toLowerCase().replace(/\.exe$/, ''));
      if (name !== undefined) yield { name };
    },
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path, observation } of seen)
      yield { rule: RULE, layer, path, evidence: observation.name, yieldsToPackages: true };
  },
};
