import { findDecodeToShell } from '../../../content/shell/decode-to-shell.ts';
import { type Destination, isLoopback, isPrivate, isVariable } from '../../../content/shell/destination.ts';
import { findFetchToShell } from '../../../content/shell/fetch-to-shell.ts';
import { isWellKnownInstaller } from '../../../content/shell/installers.ts';
import { findNetworkCode, type NetworkMatch } from '../../../content/shell/network-code.ts';
import type { Detector } from '../../../contract.ts';

/*
 * A health check asks its own container, so it talks to loopback; one that calls out is a beacon that the engine
 * itself keeps running. An on-build trigger runs in somebody else's build, with that build's network and secrets.
 */

const RULE = 'config/network-hooks';

export const networkHooks: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A health check or on-build trigger talks to the network',
      remedy:
        'Let health checks ask localhost only, and fetch in the Dockerfile itself rather than in ONBUILD.',
      attack: ['T1053', 'T1071.001', 'T1195.002'],
      controls: ['IVS-03', 'TVM-06', 'STA-08'],
      references: [
        'https://attack.mitre.org/techniques/T1071/001/',
        'https://docs.docker.com/reference/dockerfile/#healthcheck',
        'https://docs.docker.com/reference/dockerfile/#onbuild',
      ],
    },
  ],
  *judge(image) {
    for (const { where, config, text } of image.commands) {
      if (where !== 'healthcheck' && where !== 'onbuild') continue;
      // Those that run what they fetch or decode are refused by config/download-to-shell.
      if (findFetchToShell(text).some(() => true) || findDecodeToShell(text).some(() => true)) continue;
      const added =
        where === 'onbuild' && /^\s*ADD\s[^\n]{0,400}?\bhttps?:\/\//i.test(text) ? text : undefined;
      const call = callIn(text, where === 'onbuild');
      const evidence = added ?? call?.text;
      if (evidence === undefined) continue;
      const inside = call?.to !== undefined && isPrivate(call.to.host);
      yield { rule: RULE, config, ...(inside && { tier: 'note' as const }), evidence };
    }
  },
};

/** The call to tell of: one that leaves, else one inside, else, where that counts, one to nobody knows whom. */
function callIn(text: string, orUnknown: boolean): NetworkMatch | undefined {
  let best: NetworkMatch | undefined;
  for (const call of findNetworkCode(text)) {
    const { to } = call;
    if (to === undefined ? !orUnknown : isOrdinary(to)) continue;
    if (to !== undefined && !isPrivate(to.host)) return call;
    if (best === undefined || (best.to === undefined && to !== undefined)) best = call;
  }
  return best;
}

function isOrdinary(to: Destination): boolean {
  return isLoopback(to.host) || isVariable(to.host) || isWellKnownInstaller(to);
}
