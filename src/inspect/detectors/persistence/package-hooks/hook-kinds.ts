/** A place whose text the system runs when something else happens. */
export interface HookKind {
  readonly name: string;
  readonly paths: RegExp;
  /** The part of the text that is run; line breaks stay, so that lines keep their numbers. */
  commandsIn(text: string): string;
  /**
   * True where merely fetching is wrong. Maintainer scripts may: some packages exist to download what may not be
   * redistributed.
   */
  readonly mayNotFetch: boolean;
}

export const HOOK_KINDS: readonly HookKind[] = [
  {
    name: 'udev rule',
    paths: /^(?:etc|run|usr\/lib|lib)\/udev\/rules\.d\/[^/]{1,255}\.rules$/,
    commandsIn: (text) => keepLines(text, /\b(?:RUN|PROGRAM|IMPORT)\b/),
    mayNotFetch: true,
  },
  {
    name: 'apt hook',
    paths: /^etc\/apt\/(?:apt\.conf|apt\.conf\.d\/[^/]{1,255})$/,
    commandsIn: (text) =>
      /\b(?:Pre-Invoke|Post-Invoke(?:-Success|-Stats)?|Pre-Install-Pkgs|Post-Install-Pkgs)\b/i.test(text)
        ? text.replace(/^[ \t]*\/\/[^\n]*/gm, '')
        : '',
    mayNotFetch: true,
  },
  {
    name: 'dpkg hook',
    paths: /^etc\/dpkg\/dpkg\.cfg(?:\.d\/[^/]{1,255})?$/,
    commandsIn: (text) => keepLines(text, /^[ \t]*-{0,2}(?:pre-invoke|post-invoke|status-logger)\b/),
    mayNotFetch: true,
  },
  {
    name: 'package manager hook',
    paths:
      /^(?:etc\/(?:apk\/(?:commit_hooks\.d|protected_hooks\.d)|pacman\.d\/hooks|kernel\/(?:pre|post)inst\.d|kernel\/postrm\.d|dhcp\/dhclient-(?:enter|exit)-hooks\.d|network\/if-(?:pre-up|up|down|post-down)\.d|NetworkManager\/dispatcher\.d|ca-certificates\/update\.d|logrotate\.d)|usr\/share\/libalpm\/hooks|usr\/lib\/apk\/commit_hooks\.d)\/(?:[^/]{1,255}\/)?[^/]{1,255}$/,
    commandsIn: (text) => text,
    mayNotFetch: true,
  },
  {
    name: 'maintainer script',
    paths:
      /^(?:var\/lib\/dpkg\/info\/[^/]{1,255}\.(?:preinst|postinst|prerm|postrm|config)|(?:usr\/)?lib\/apk\/db\/scripts\.tar)$/,
    commandsIn: (text) => text,
    mayNotFetch: false,
  },
  {
    name: 'git hook',
    paths:
      /(?:(?:^|\/)(?:\.git|[^/]{1,100}\.git|git-core\/templates|\.git-templates?|\.githooks|git-hooks)\/(?:modules\/[^/]{1,100}\/)?(?:hooks\/)?|\.git\/modules\/[^/]{1,100}\/hooks\/)(?:applypatch-msg|commit-msg|post-[a-z-]{1,20}|pre-[a-z-]{1,20}|prepare-commit-msg|push-to-checkout|reference-transaction|sendemail-validate|update|fsmonitor-watchman)$/,
    commandsIn: (text) => text,
    mayNotFetch: true,
  },
  {
    name: 'git setting',
    paths: /(?:^etc\/gitconfig|(?:^|\/)\.gitconfig|(?:^|\/)\.config\/git\/config|\.git\/config)$/,
    commandsIn: (text) =>
      keepLines(
        text,
        /^[ \t]*(?:fsmonitor|sshcommand|pager|editor|askpass|hookspath|gitproxy|textconv|clean|smudge|process|command|helper|\w{1,40}[ \t]{0,8}=[ \t]{0,8}["']?!)/i,
      ),
    mayNotFetch: true,
  },
];

export function hookKindOf(path: string): HookKind | undefined {
  return HOOK_KINDS.find(({ paths }) => paths.test(path));
}

/** Empties every line that does not match. */
function keepLines(text: string, pattern: RegExp): string {
  return text
    .split('\n')
    .map((line) => (pattern.test(line) ? line : ''))
    .join('\n');
}
