/**
 * One file that a public report calls malicious. Kept small: what belongs here was found in images or on Linux hosts,
 * was named with its SHA-256 in a report that anybody can read, and is never part of an honest product.
 */
export interface KnownBad {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly name: string;
  /** The report. */
  readonly source: string;
}

const XZ = 'https://github.com/Neo23x0/signature-base/blob/master/yara/bkdr_xz_util_cve_2024_3094.yar';
const XZ_TARBALL = 'https://securelist.com/xz-backdoor-story-part-1/112354/';
const PERFCTL =
  'https://www.aquasec.com/blog/perfctl-a-stealthy-malware-targeting-millions-of-linux-servers/';
const BPFDOOR = 'https://doublepulsar.com/bpfdoor-an-active-chinese-global-surveillance-tool-54b078f1a896';
const BPFDOOR_2023 =
  'https://www.deepinstinct.com/blog/bpfdoor-malware-evolves-stealthy-sniffing-backdoor-ups-its-game';
const PLAGUE = 'https://github.com/Neo23x0/signature-base/blob/master/yara/mal_lnx_plague.yar';
const PEERBLIGHT = 'https://www.huntress.com/blog/peerblight-linux-backdoor-exploits-react2shell';
const EGI = 'https://csirt.egi.eu/academic-data-centers-abused-for-crypto-currency-mining/';

function listed(name: string, source: string, digests: readonly string[]): KnownBad[] {
  return digests.map((sha256) => ({ sha256, name, source }));
}

export const KNOWN_BAD_SAMPLES: readonly KnownBad[] = [
  ...listed('XZ backdoor, CVE-2024-3094 (library or object)', XZ, [
    '319feb5a9cddd81955d915b5632b4a5f8f9080281fb46e2f6d69d53f693c23ae',
    '605861f833fc181c7cdcabd5577ddb8989bea332648a8f498b4eef89b8f85ad4',
    '8fa641c454c3e0f76de73b7cc3446096b9c8b9d33d406d38b8ac76090b0344fd',
    'b418bfd34aa246b2e7b5cb5d263a640e5d080810f767370c4d2c24662a274963',
    'cbeef92e67bf41ca9c015557d81f39adaba67ca9fb3574139754999030b83537',
    '5448850cdc3a7ae41ff53b433c2adbd0ff492515012412ee63a40d2685db3049',
  ]),
  ...listed('XZ backdoor, CVE-2024-3094 (injected script)', XZ, [
    'd44d0425769fa2e0b6875e5ca25d45b251bbe98870c6b9bef34f7cea9f84c9c3',
  ]),
  ...listed('XZ backdoor, CVE-2024-3094 (release archive)', XZ_TARBALL, [
    '0f5c81f14171b74fcc9777d302304d964e63ffc2d7b634ef023a7249d9b5d875',
    '2398f4a8e53345325f44bdd9f0cc7401bd9025d736c6d43b372f4dea77bf75b8',
  ]),
  ...listed('perfctl miner and rootkit', PERFCTL, [
    '22e4a57ac560ebe1eff8957906589f4dd5934ee555ebcc0f7ba613b07fad2c13',
    'a6d3c6b6359ae660d855f978057aab1115b418ed277bb9047cd488f9c7850747',
    'ca3f246d635bfa560f6c839111be554a14735513e90b3e6784bedfe1930bdfd6',
  ]),
  ...listed('BPFDoor', BPFDOOR, [
    '07ecb1f2d9ffbd20a46cd36cd06b022db3cc8e45b1ecab62cd11f9ca7a26ab6d',
    '4c5cf8f977fc7c368a8e095700a44be36c8332462c0b1e41bff03238b2bf2a2d',
    '599ae527f10ddb4625687748b7d3734ee51673b664f2e5d0346e64f85e185683',
    '5b2a079690efb5f4e0944353dd883303ffd6bab4aad1f0c88b49a76ddcb28ee9',
    '5faab159397964e630c4156f8852bcc6ee46df1cdd8be2a8d3f3d8e5980f3bb3',
    '93f4262fce8c6b4f8e239c35a0679fbbbb722141b95a5f2af53a2bcafe4edd1c',
    '97a546c7d08ad34dfab74c9c8a96986c54768c592a8dae521ddcf612a84fb8cc',
    'c796fc66b655f6107eacbe78a37f0e8a2926f01fecebd9e68a66f0e261f91276',
    'f8a5e735d6e79eb587954a371515a82a15883cf2eda9d7ddb8938b86e714ea27',
    'fd1b20ee5bd429046d3c04e9c675c41e9095bea70e0329bd32d7edd17ebaf68a',
    '76bf736b25d5c9aaf6a84edd4e615796fffc338a893b49c120c0b4941ce37925',
    '96e906128095dead57fdc9ce8688bb889166b67c9a1b8fdb93d7cff7f3836bb9',
    'c80bd1c4a796b4d3944a097e96f384c85687daeedcdcf05cc885c8c9b279b09c',
    'f47de978da1dbfc5e0f195745e3368d3ceef034e964817c66ba01396a1953d72',
    '144526d30ae747982079d5d340d1ff116a7963aba2e3ed589e7ebc297ba0c1b3',
    'fa0defdabd9fd43fe2ef1ec33574ea1af1290bd3d763fdb2bed443f2bd996d73',
  ]),
  ...listed('BPFDoor, 2023', BPFDOOR_2023, [
    'afa8a32ec29a31f152ba20a30eb483520fe50f2dce6c9aa9135d88f7c9c511d7',
  ]),
  ...listed('Plague PAM backdoor', PLAGUE, [
    '14b0c90a2eff6b94b9c5160875fcf29aff15dcfdfd3402d953441d9b0dca8b39',
    '7c3ada3f63a32f4727c62067d13e40bcb9aa9cbec8fb7e99a319931fc5a9332e',
  ]),
  ...listed('ZinFoq implant', PEERBLIGHT, [
    '0f0f9c339fcc267ec3d560c7168c56f607232cbeb158cb02a0818720a54e72ce',
  ]),
  ...listed('CowTunnel', PEERBLIGHT, ['776850a1e6d6915e9bf35aa83554616129acd94e3a3f6673bd6ddaec530f4273']),
  ...listed('PeerBlight', PEERBLIGHT, ['a605a70d031577c83c093803d11ec7c1e29d2ad530f8e95d9a729c3818c7050d']),
  ...listed('log eraser of the 2020 attacks on data centres', EGI, [
    '552245645cc49087dfbc827d069fa678626b946f4b71cb35fa4a49becd971363',
  ]),
  ...listed('loader of the 2020 attacks on data centres', EGI, [
    '0efdd382872f0ff0866e5f68f0c66c01fcf4f9836a78ddaa5bbb349f20353897',
  ]),
];
