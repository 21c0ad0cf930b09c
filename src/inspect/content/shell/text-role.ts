import type { FileRecord } from '../../../core/file.ts';
import { baseNameOf } from '../../../core/layer-path.ts';

/*
 * What part a text plays: is it run, does it configure something that runs, or does somebody read it?
 *
 * String rules are only as good as this. Folders do not decide it: an attacker may put a script under
 * usr/share/doc as well as anywhere. The kind of file does: what starts with `#!`, has an execute bit, a script's
 * extension, or lies where the system runs what it finds, is run; Markdown, manual pages and translations are read.
 */

export type Language =
  | 'shell'
  | 'python'
  | 'perl'
  | 'php'
  | 'ruby'
  | 'node'
  | 'awk'
  | 'lua'
  | 'powershell'
  | 'other';

type TextRecord = Pick<FileRecord, 'path' | 'mode' | 'content'>;

const INTERPRETERS: readonly (readonly [RegExp, Language])[] = [
  [/^(?:ba|da|a|z|k|mk|c|tc|fi)?sh$|^busybox$|^run-parts$|^openrc-run$/, 'shell'],
  [/^python[\d.]*$|^pypy[\d.]*$|^uv$/, 'python'],
  [/^perl[\d.]*$/, 'perl'],
  [/^php[\d.]*$/, 'php'],
  [/^j?ruby[\d.]*$/, 'ruby'],
  [/^(?:node|nodejs|bun|deno|tsx|ts-node)$/, 'node'],
  [/^[gmn]?awk$/, 'awk'],
  [/^lua(?:jit)?[\d.]*$/, 'lua'],
  [/^pwsh$/, 'powershell'],
];

const EXTENSIONS: readonly (readonly [RegExp, Language])[] = [
  [
    /\.(?:sh|bash|zsh|ksh|ash|run|command|cron|service|timer|path|socket|rules|desktop|preinst|postinst|prerm|postrm)$/i,
    'shell',
  ],
  [/\.(?:py|pyw|pth)$/i, 'python'],
  [/\.(?:pl|pm|cgi)$/i, 'perl'],
  [/\.(?:php[3-8]?|phtml|phar|inc)$/i, 'php'],
  [/\.(?:rb|rake|gemspec)$/i, 'ruby'],
  [/\.(?:js|cjs|mjs|jsx)$/i, 'node'],
  [/\.awk$/i, 'awk'],
  [/\.lua$/i, 'lua'],
  [/\.(?:ps1|psm1)$/i, 'powershell'],
];

/** Read by people, compilers of documentation, or scanners; never run. */
const DOCUMENT =
  /\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt|text|html?|xhtml|tex|texi|info|pod|po|pot|mo|css|scss|map|d\.[cm]?ts|csv|tsv|svg|yara?|sigma|snap|[1-9](?:p|pm|ssl|x|posix)?)$/i;
const DOCUMENT_NAME =
  /^(?:readme|licen[cs]e|copying|copyright|changelog|changes|news|authors|contributors|contributing|notice|install|todo|history|security|thanks|credits|maintainers)(?:[._-][\w.-]*)?$/i;
const DOCUMENT_FOLDER =
  /(?:^|\/)usr\/(?:local\/)?share\/(?:doc|man|info|locale|help|gtk-doc|common-licenses|lintian|bug|zoneinfo|i18n)\//;
/** Where the system runs, or sources, text without being asked. */
const RUN_FOLDER =
  /^(?:etc\/(?:cron[\w.-]*(?:\/|$)|crontab$|anacrontab$|init\.d\/|rc[\w.]*(?:\/|$)|profile(?:\.d\/|$)|bash\.?[\w.]*$|zsh\/|zshrc$|environment$|update-motd\.d\/|udev\/rules\.d\/|apt\/apt\.conf|systemd\/|inittab$|sudoers|entrypoint)|var\/spool\/cron\/|(?:usr\/)?lib\/(?:systemd|udev)\/|(?:usr\/)?(?:local\/)?s?bin\/|docker-entrypoint)/;
const RUN_NAME =
  /^(?:\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|kshrc|xinitrc|xprofile)|crontab|rc\.local|(?:docker-)?entrypoint|[\w-]*entrypoint|run|start|init|healthcheck|postinst|preinst|prerm|postrm)$/;
/** Folders anybody may write to: nobody keeps documents there. */
const WRITABLE_FOLDER = /^(?:tmp|var\/tmp|dev\/shm|run|var\/run|dev)\/|\/\.[^/]+$/;
/** Text behind the name of a picture or a program: read by nobody, so meant for an interpreter. */
const DISGUISED = /\.(?:jpe?g|png|gif|bmp|ico|webp|mp[34]|woff2?|ttf|pdf|so|bin|exe)$/i;

const CONFIGURATION =
  /\.(?:json5?|jsonc|ya?ml|toml|ini|conf|cfg|cnf|config|properties|env|plist|hcl|tf|service|timer|list|settings)$|(?:^|\/)\.env(?:\.[\w-]+)?$|^etc\//i;

/** The language a text is run as; undefined for what is not run. */
export function languageOf(record: TextRecord, interpreter: string | undefined): Language | undefined {
  if (record.content !== 'script' && record.content !== 'text') return undefined;
  if (DOCUMENT.test(record.path) && !isProgramText(record)) return undefined;
  if (record.content === 'script')
    return byName(INTERPRETERS, interpreter ?? '') ?? byName(EXTENSIONS, record.path) ?? 'other';
  const language = byName(EXTENSIONS, record.path);
  if (language !== undefined && !DOCUMENT_FOLDER.test(record.path)) return language;
  if (isDocument(record)) return undefined;
  return isRunPlainly(record) ? 'shell' : undefined;
}

/** True for text that configures something: read by a program, not run by itself. */
export function isConfiguration(record: TextRecord): boolean {
  return record.content === 'text' && !isDocument(record) && CONFIGURATION.test(record.path);
}

/** True for compiled programs and libraries, in which only literals can be looked for. */
export function isProgram({ content }: Pick<FileRecord, 'content'>): boolean {
  return content === 'elf' || content === 'pe' || content === 'macho' || content === 'wasm';
}

/** True where a call that starts a program is close to a place: tells a command from a sentence about one. */
export function isNearExecution(text: string, offset: number): boolean {
  return /\b(?:os\.system|popen\w?|exec\w{0,8}|spawn\w{0,8}|subprocess|check_(?:call|output)|getoutput|child_process|shell_exec|passthru|proc_open|system|Runtime|qx|run)\b\s{0,4}[(.{`'"]/i.test(
    text.slice(Math.max(0, offset - 300), offset + 40),
  );
}

/** The kernel runs it by its `#!` line whatever its name is, so no name makes it a document. */
function isProgramText({ content, mode }: TextRecord): boolean {
  return content === 'script' && (mode & 0o111) !== 0;
}

function isDocument(record: TextRecord): boolean {
  const { path, content, mode } = record;
  if (isProgramText(record)) return false;
  if (DOCUMENT.test(path) || DOCUMENT_NAME.test(baseNameOf(path))) return true;
  return content !== 'script' && (mode & 0o111) === 0 && DOCUMENT_FOLDER.test(path);
}

function isRunPlainly({ path, mode }: TextRecord): boolean {
  return (
    (mode & 0o111) !== 0 ||
    RUN_FOLDER.test(path) ||
    RUN_NAME.test(baseNameOf(path)) ||
    WRITABLE_FOLDER.test(path) ||
    DISGUISED.test(path)
  );
}

function byName(table: readonly (readonly [RegExp, Language])[], name: string): Language | undefined {
  return table.find(([pattern]) => pattern.test(name))?.[1];
}
