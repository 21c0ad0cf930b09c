/** Code that an interpreter runs before any program, and what in it is not honest there. */
export interface StartupKind {
  readonly paths: RegExp;
  /** The part that runs; line breaks stay. */
  codeIn(text: string): string;
  /** What starts another program. */
  readonly spawns: RegExp;
  /** What decodes, where it is also run. */
  readonly decodes: RegExp;
  readonly runs: RegExp;
  /** What talks to the network. */
  readonly connects: RegExp;
}

const PYTHON = {
  spawns:
    /\bsubprocess\b|\bos\s{0,2}\.\s{0,2}(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|fork)\b|\bpty\s{0,2}\.\s{0,2}spawn\b|__import__\(\s{0,4}['"](?:subprocess|pty|ctypes)['"]/,
  decodes:
    /\b(?:base64|binascii|zlib|lzma|bz2|marshal|codecs)\b|\b(?:b64decode|b32decode|b85decode|a85decode|unhexlify|fromhex|rot_?13)\b|__import__\(\s{0,4}['"](?:base64|zlib|marshal|codecs)['"]|(?:\\x[0-9a-f]{2}){16}|(?:\bchr\(\d{1,3}\)[\s+,]{0,4}){6}/i,
  runs: /\b(?:exec|eval|compile|__import__|marshal\.loads)\s{0,4}\(/,
  connects:
    /\b(?:socket\s{0,2}\.\s{0,2}(?:socket|create_connection)|urllib\d?|requests\.(?:get|post)|http\.client|urlopen|httpx|aiohttp)\b/,
};

export const STARTUP_KINDS: readonly StartupKind[] = [
  {
    // site.py runs the lines that begin with `import`; all others are paths.
    paths:
      /(?:^|\/)(?:site-packages|dist-packages|pyshared)\/[^/]{1,255}\.pth$|(?:^|\/)lib\/python[\d.]{1,5}\/[^/]{1,255}\.pth$/,
    codeIn: (text) => text.replace(/^(?!import[ \t])[^\n]*/gm, ''),
    ...PYTHON,
  },
  {
    paths: /(?:^|\/)(?:sitecustomize|usercustomize)(?:\.py|\/__init__\.py)$/,
    codeIn: (text) => text.replace(/^[ \t]*#[^\n]*/gm, ''),
    ...PYTHON,
  },
  {
    paths: /(?:^|\/)sitecustomize\.pl$/,
    codeIn: (text) => text.replace(/^[ \t]*#[^\n]*/gm, ''),
    spawns:
      /\b(?:system|exec|qx|fork)\b\s{0,4}[({'"/`]|`[^`\n]{2,400}`|\bopen\b[^\n]{0,80}['"]\s{0,4}(?:-\||\|)/,
    decodes: /\b(?:decode_base64|MIME::Base64|unpack|pack|Compress::Zlib|uncompress)\b/,
    runs: /\beval\b/,
    connects: /\b(?:IO::Socket|LWP|HTTP::Tiny|Net::\w{1,20}|Socket)\b/,
  },
  {
    paths:
      /(?:^|\/)rubygems\/defaults\/(?:operating_system|jruby|ruby|truffleruby)\.rb$|(?:^|\/)rubygems_plugin\.rb$/,
    codeIn: (text) => text.replace(/^[ \t]*#[^\n]*/gm, ''),
    spawns:
      /\b(?:Kernel\.)?(?:system|exec|spawn|fork)\b\s{0,4}[({'"]|\bIO\.popen\b|\bOpen3\b|%x[({[]|`[^`\n]{2,400}`/,
    decodes: /\b(?:Base64|decode64|Zlib|Marshal)\b|\.unpack1?\(/,
    runs: /\b(?:eval|instance_eval|class_eval|load|Marshal\.load)\b/,
    connects: /\b(?:TCPSocket|Net::HTTP|URI\.open|OpenURI|open-uri)\b/,
  },
  {
    // npm runs these at each install of any package (npm-scripts: "hook scripts").
    paths: /(?:^|\/)node_modules\/\.hooks\/[^/]{1,255}$/,
    codeIn: (text) => text,
    spawns: /\b(?:child_process|execSync|spawnSync)\b/,
    decodes: /\batob\s{0,2}\(|\bBuffer\.from\b/,
    runs: /\b(?:eval|Function|vm\.run\w{1,20})\s{0,2}\(/,
    connects: /\b(?:curl|wget|https?:\/\/|net\.connect|fetch\s{0,2}\()/,
  },
];

export function startupKindOf(path: string): StartupKind | undefined {
  return STARTUP_KINDS.find(({ paths }) => paths.test(path));
}

/** A setting that loads code of its own choosing into every program of an interpreter. */
export interface LoaderSetting {
  readonly paths: RegExp;
  readonly pattern: RegExp;
}

export const LOADER_SETTINGS: readonly LoaderSetting[] = [
  {
    // php.ini, its drop-ins, .user.ini, and Apache's php_value
    paths:
      /(?:^|\/)(?:php[^/]{0,40}\.ini|\.user\.ini|\.htaccess|(?:conf\.d|mods-available|php\.d|scan\.d)\/[^/]{1,255}\.ini)$/,
    pattern:
      /^[ \t]{0,16}(?:php_(?:admin_)?value[ \t]{1,8})?auto_(?:prepend|append)_file[ \t=]{1,16}["']?([^"'\s;=][^"'\n;]{0,300})/gm,
  },
  {
    paths: /(?:^|\/)(?:\.npmrc|npmrc)$/,
    pattern:
      /^[ \t]{0,16}node-options[ \t]{0,16}=[ \t]{0,16}["']?[^\n]{0,200}?--(?:require|import|r|loader|experimental-loader)[ \t=]{1,8}["']?([^\s"']{1,300})/gm,
  },
  {
    paths: /(?:^|\/)(?:\.npmrc|npmrc)$/,
    pattern:
      /^[ \t]{0,16}script-shell[ \t]{0,16}=[ \t]{0,16}["']?(?!(?:\/usr)?(?:\/bin\/)?(?:ba|da|z|a)?sh\b)([^\s"']{1,300})/gm,
  },
];
