/*
 * Domains that mining pools run, each known from the pool's own site and from the list of pools at
 * miningpoolstats.stream; reviewed by hand, and only what serves miners. A pool has web pages too, so a domain is a
 * sign only with the port of a miner's connection or inside a program.
 */
export const POOL_DOMAINS: readonly string[] = [
  // Monero and other RandomX coins
  'bohemianpool.com',
  'c3pool.com',
  'c3pool.org',
  'crypto-pool.fr',
  'dwarfpool.com',
  'hashvault.pro',
  'herominers.com',
  'minemonero.pro',
  'minergate.com',
  'minexmr.com',
  'minexmr.cn',
  'monerohash.com',
  'moneroocean.stream',
  'moneropool.com',
  'monerop.com',
  'rplant.xyz',
  'skypool.org',
  'supportxmr.com',
  'usxmrpool.com',
  'viaxmr.com',
  'xmrfast.com',
  'xmrpool.eu',
  'xmrpool.net',
  'xmrpool.de',
  // many coins
  '2miners.com',
  'antpool.com',
  'ethermine.org',
  'ezil.me',
  'f2pool.com',
  'flypool.org',
  'hiveon.net',
  'k1pool.com',
  'kryptex.network',
  'luckypool.io',
  'mining-dutch.nl',
  'miningpoolhub.com',
  'miningocean.org',
  'nanopool.org',
  'nicehash.com',
  'poolin.com',
  'prohashing.com',
  'slushpool.com',
  'suprnova.cc',
  'unmineable.com',
  'viabtc.com',
  'woolypooly.com',
  'zergpool.com',
  'zpool.ca',
  // in browsers
  'coin-hive.com',
  'coinhive.com',
  'crypto-loot.com',
];

/** Above this many different pools in one file it is a list: a block list, detection rules, a catalogue. */
export const LIST_SIZE = 8;
