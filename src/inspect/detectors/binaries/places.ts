/*
 * What a path says about who may have put a program there.
 */

/** Folders that any process may write to, or that exist only while a system runs. */
const TEMPORARY = /^(?:tmp|var\/tmp|dev|run|var\/run|var\/lock|var\/spool|var\/crash)\//;
const WEB_ROOT = /^(?:var\/www|srv\/www|srv\/http|usr\/share\/nginx\/html)\//;

/** Folders with a leading dot in which developer tools keep programs that people do install. */
const TOOL_HOMES: ReadonlySet<string> = new Set(
  (
    '.asdf .bun .bundle .cache .cargo .composer .conda .config .deno .docker .dotnet .foundry .gem .go .gradle .helm ' +
    '.krew .kube .linkerd2 .local .m2 .mise .mix .next .npm .nuget .nuxt .nvm .nx .opam .output .pixi .pnpm ' +
    '.pnpm-store .poetry .pulumi .pyenv .rbenv .rustup .rvm .sdkman .stack .steampipe .svelte-kit .swiftly .tenv ' +
    '.terraform .terraform.d .tfenv .turbo .venv .virtualenvs .volta .vscode-server .yarn .yarn-cache .bin'
  ).split(' '),
);

/** `temporary`: writable by all; `web`: a web server's files; `hidden`: behind a leading dot. */
export type Place = 'temporary' | 'web' | 'hidden' | 'ordinary';

export function placeOf(path: string): Place {
  if (TEMPORARY.test(path)) return 'temporary';
  if (WEB_ROOT.test(path)) return 'web';
  return isHidden(path) ? 'hidden' : 'ordinary';
}

/** A dot folder that is no developer tool's, or a dot file: `...` and `.. ` count too. */
function isHidden(path: string): boolean {
  const parts = path.split('/');
  return parts.some(
    (part, index) => part.startsWith('.') && (index === parts.length - 1 || !TOOL_HOMES.has(part)),
  );
}

/** Trees that language package managers fill: their content is not the distribution's, nor hand-placed. */
const DEPENDENCIES =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor\/bundle|gems|\.venv|conda|miniconda3|anaconda3)\//;

export function isInDependencyTree(path: string): boolean {
  return DEPENDENCIES.test(path);
}
