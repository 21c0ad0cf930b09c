/*
 * The words shell patterns are built of, as sources of regular expressions. Every quantifier over text an image wrote
 * is bounded, and none is nested in another over the same characters.
 */

/** A shell as a command names it, alone or with its folder; not `foo.sh`, `push` or `sh=`. */
export const SHELL =
  '(?<![\\w./-])(?:/(?:usr/(?:local/)?)?bin/)?(?:busybox\\s{1,4})?(?:ba|da|a|z|k|mk|c|tc|fi)?sh(?![\\w./=-])';

/** A program that runs what it reads on standard input when it is given no script. */
export const INTERPRETER =
  '(?<![\\w./-])(?:/(?:usr/(?:local/)?)?bin/)?(?:python[\\d.]{0,5}|perl[\\d.]{0,7}|ruby[\\d.]{0,5}|node|nodejs|php[\\d.]{0,5})(?![\\w./=-])';

/** A program that fetches a URL and can write it to standard output. */
export const FETCHER =
  '(?<![\\w.-])(?:curl|wget|aria2c|axel|lynx|fetch|lwp-request|lwp-download|ftpget|tftp)(?:\\.exe)?(?=["\']?,?\\s)';

/** A program that turns encoded or compressed bytes into what they were. */
export const DECODER = [
  '(?<![\\w.-])g?base(?:64|32)\\s{1,4}(?:-\\S{1,40}\\s{1,4}){0,3}(?:-[A-Za-z]{0,3}[dD][A-Za-z]{0,3}|--decode)(?![\\w-])',
  '(?<![\\w.-])xxd\\s{1,4}(?:-\\w{1,4}\\s{1,4}){0,3}-[a-z]{0,2}r[a-z]{0,2}(?![\\w-])',
  '(?<![\\w.-])openssl\\s{1,4}(?:enc|base64|aes|des|bf)\\b[^|;\\n]{0,120}\\s-d\\b',
  '(?<![\\w.-])(?:uudecode|gunzip|zcat|bzcat|xzcat|unxz|bunzip2|zstdcat)(?![\\w./-])',
  '(?<![\\w.-])(?:gzip|bzip2|xz|zstd|lzma)\\s{1,4}-[a-z]{0,4}d[a-z]{0,4}(?![\\w-])',
  '(?<![\\w.-])zlib-flate\\s{1,4}-uncompress',
].join('|');

/** What may stand before the program of a command: `sudo -E`, `env A=b`, `nohup`. */
export const PREFIX =
  '[\\s("\'{]{0,8}(?:(?:sudo|doas|env|exec|nohup|command|time|nice|setsid|ionice|timeout|then|do|else|-\\S{1,20}|\\d{1,6}[smh]?|[A-Za-z_]\\w{0,40}=[^\\s|;]{0,200})\\s{1,8}){0,6}';
