/** Folders that anybody may write to, or that are empty when a machine starts. */
const TEMPORARY =
  /^\/?(?:tmp|var\/tmp|dev\/(?:shm|mqueue)|run\/shm|run\/user|(?:dev|proc|sys)(?=\/[^/]{0,255}$))\//;
/** Device nodes, and names that a shell gives a meaning: arguments, never programs. */
const DEVICE =
  /^\/?dev\/(?:null|zero|full|u?random|tty\w{0,8}|console|kmsg|log|std(?:in|out|err)|ptmx|fuse|kvm|rtc\d?|watchdog\d?|(?:sd|vd|xvd|hd|nvme|loop|dm-|md|sr|fb)\w{0,8})$/;
/** A file or folder whose name begins with a dot, which listings leave out. */
const HIDDEN = /\/\.[^/.][^/]{0,200}/;
/** Folders of that kind from which tools honestly run. */
const USUAL_HIDDEN =
  /^\/?(?:root|home\/[^/]{1,64}|opt\/[^/]{1,64}|usr\/local\/[^/]{1,64}|app|srv|var\/lib\/[^/]{1,64})?\/?\.(?:local|venv|virtualenvs?|env|nvm|pyenv|rbenv|rvm|asdf|sdkman|cargo|rustup|deno|bun|dotnet|nix-profile|npm-global|npm|yarn|pnpm|volta|poetry|composer|config|s6-svscan|s6-init|s6|output|next|svelte-kit)(?:\/|$)/;

/** Says why nothing honest is started from this absolute path; undefined where it may be. */
export function oddPlace(path: string): 'temporary' | 'hidden' | undefined {
  if (DEVICE.test(path)) return undefined;
  if (TEMPORARY.test(path)) return 'temporary';
  return HIDDEN.test(path) && !USUAL_HIDDEN.test(path) ? 'hidden' : undefined;
}
