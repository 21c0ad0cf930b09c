import type { KnownBadImage } from './contract.ts';

/*
 * The standard of evidence: a security vendor or the press, who analysed the image or its deployment, names the
 * repository or its account in public, and says that it mines, spreads, attacks or steals for somebody else than the one
 * who runs it. A whole namespace (`/*`) stands here only where the account itself is reported as the attacker's, or as in
 * his hands. Images that attackers merely use (alpine, ubuntu, honest miners such as those that say what they are) are
 * left out, and so are accounts of which only a screenshot or a copied list is left.
 *
 * Most have been taken down. They still lie in private mirrors and caches, and a name that was freed can be taken again.
 */

const AQUA_2021 = 'https://www.aquasec.com/blog/supply-chain-threats-using-container-images/';
const CROWDSTRIKE_2022 =
  'https://www.crowdstrike.com/blog/compromised-docker-honeypots-used-for-pro-ukrainian-dos-attack/';
const GRABOID =
  'https://unit42.paloaltonetworks.com/graboid-first-ever-cryptojacking-worm-found-in-images-on-docker-hub/';
const SYSDIG_2022 =
  'https://www.bleepingcomputer.com/news/security/docker-hub-repositories-hide-over-1-650-malicious-containers/';
const TREND_MICRO_2022 =
  'https://www.trendmicro.com/en_us/research/22/i/security-breaks-teamtnts-dockerhub-credentials-leak.html';

/** In the order of their names. */
export const KNOWN_BAD: readonly KnownBadImage[] = [
  { repository: 'docker.io/700888880a0/golang', what: 'XMRig miner under the name of Go', source: AQUA_2021 },
  {
    repository: 'docker.io/abagayev/stop-russia',
    what: 'denial-of-service tool, deployed on hosts of others',
    source: CROWDSTRIKE_2022,
  },
  {
    repository: 'docker.io/alpineos/*',
    what: 'account of TeamTNT: miners, credential theft, rootkits',
    source: TREND_MICRO_2022,
  },
  {
    repository: 'docker.io/azurenql/*',
    what: 'Monero miners behind Tor, more than two million pulls',
    source: 'https://unit42.paloaltonetworks.com/cryptojacking-docker-images-for-mining-monero/',
  },
  {
    repository: 'docker.io/c43602f9cc95/openjdk',
    what: 'XMRig miner under the name of OpenJDK',
    source: AQUA_2021,
  },
  { repository: 'docker.io/chanquaa/chanquaa', what: 'XMRig miner started by a script', source: AQUA_2021 },
  {
    repository: 'docker.io/docker123321/*',
    what: 'miners and reverse shells under the names of Tomcat, MySQL and cron',
    source:
      'https://arstechnica.com/information-technology/2018/06/backdoored-images-downloaded-5-million-times-finally-removed-from-docker-hub/',
  },
  {
    repository: 'docker.io/docker72590/alpine',
    what: 'dropper of a miner, run through open Docker daemons',
    source: 'https://cloud.tencent.com/developer/article/1890593',
  },
  {
    repository: 'docker.io/erikmnkl/stoppropaganda',
    what: 'denial-of-service tool, deployed on hosts of others',
    source: CROWDSTRIKE_2022,
  },
  { repository: 'docker.io/gakeaws/nginx', what: 'XMRig miner of the worm Graboid', source: GRABOID },
  {
    repository: 'docker.io/kazutod/tene',
    what: 'obfuscated script that farms Teneo points',
    source: 'https://www.darktrace.com/blog/obfuscation-overdrive-next-gen-cryptojacking-with-layers',
  },
  {
    repository: 'docker.io/megawebmaster/dockgeddon',
    what: 'TeamTNT: scans for open Docker daemons and spreads',
    source: 'https://www.lacework.com/blog/taking-teamtnt-docker-images-offline',
  },
  {
    repository: 'docker.io/nmlm99/*',
    what: 'account in the hands of TeamTNT: Docker Gatling Gun',
    source: 'https://www.aquasec.com/blog/threat-alert-teamtnts-docker-gatling-gun-campaign/',
  },
  {
    repository: 'docker.io/pauseyyf/pause',
    what: 'Dero miner under the name of the pause container',
    source:
      'https://www.crowdstrike.com/blog/crowdstrike-discovers-first-ever-dero-cryptojacking-campaign-targeting-kubernetes/',
  },
  { repository: 'docker.io/pocosow/centos', what: 'carrier of the worm Graboid', source: GRABOID },
  {
    repository: 'docker.io/sandeep078/*',
    what: 'account in the hands of TeamTNT',
    source: TREND_MICRO_2022,
  },
  {
    repository: 'docker.io/thanhtudo/thanhtudo',
    what: 'XMRig miner started by a script, more than 100,000 pulls',
    source: AQUA_2021,
  },
  {
    repository: 'docker.io/thieunutre/thieunutre',
    what: 'XMRig miner started by a script',
    source: AQUA_2021,
  },
  {
    repository: 'docker.io/vibersastra/golang',
    what: 'XMRig miner under the name of Go',
    source: SYSDIG_2022,
  },
  {
    repository: 'docker.io/vibersastra/ubuntu',
    what: 'XMRig miner under the name of Ubuntu',
    source: SYSDIG_2022,
  },
  {
    repository: 'docker.io/zoolu2/*',
    what: 'Monero miners and a scanner that finds the next Docker daemon',
    source:
      'https://www.trendmicro.com/en_us/research/19/e/infected-cryptocurrency-mining-containers-target-docker-hosts-with-exposed-apis-use-shodan-to-find-additional-victims.html',
  },
];
