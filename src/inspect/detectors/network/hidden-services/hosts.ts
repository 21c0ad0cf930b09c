/* Services that give anybody a name or a way in, reviewed by hand from the services' own pages. */

/** Dynamic DNS: a name that follows a changing address. */
const DYNAMIC_DNS = [
  'duckdns.org',
  'ddns.net',
  'hopto.org',
  'zapto.org',
  'sytes.net',
  'no-ip.org',
  'no-ip.biz',
  'no-ip.info',
  'myftp.org',
  'myftp.biz',
  'myvnc.com',
  'redirectme.net',
  'servebeer.com',
  'serveblog.net',
  'servehttp.com',
  'serveftp.com',
  'servegame.com',
  'servemp3.com',
  'dyndns.org',
  'dynu.net',
  'ddnsfree.com',
  'mooo.com',
  'chickenkiller.com',
  'ignorelist.com',
  'crabdance.com',
  'strangled.net',
  'dynv6.net',
  '3322.org',
  'f3322.net',
  'gotdns.ch',
  'ddnsking.com',
  'bounceme.net',
  'freedynamicdns.net',
  'webhop.me',
  'dnsalias.com',
  'accesscam.org',
  'camdvr.org',
  'kozow.com',
  'theworkpc.com',
];

/** Tunnels: a public name for a port behind a firewall. */
const TUNNELS = [
  'ngrok.io',
  'ngrok.app',
  'ngrok-free.app',
  'ngrok-free.dev',
  'serveo.net',
  'serveousercontent.com',
  'localhost.run',
  'lhr.life',
  'lhr.rocks',
  'trycloudflare.com',
  'pagekite.me',
  'loca.lt',
  'localtunnel.me',
  'bore.pub',
  'portmap.host',
  'portmap.io',
  'playit.gg',
  'tunnelto.dev',
  'telebit.io',
  'pinggy.link',
  'pinggy.io',
  'devtunnels.ms',
];

export const SERVICE_DOMAINS: readonly string[] = [...DYNAMIC_DNS, ...TUNNELS];

/** Names of the services themselves: their pages, their update interfaces, words in an example. */
export const OWN_NAME =
  /^(?:www|api|members|dynupdate|update|checkip\d?|ipv[46]|nic|ns\d{0,2}|docs?|dashboard|app|status|blog|help|get|download|packages|bin|cdn|account|example|my-?\w{0,12}|your-?\w{0,20}|\w{0,12}-?example\w{0,12}|foo|bar|test|xxx+|abc\d{0,3}|subdomain|sub|domain|random\w{0,12}|hostname|host|name)$/i;
