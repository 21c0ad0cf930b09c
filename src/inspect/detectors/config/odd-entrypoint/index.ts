import type { Detector, ImageView } from '../../../contract.ts';

/*
 * Programs start from where programs are kept. A folder anybody may write to, a hidden name, or a system program's
 * name in a folder that has none says that somebody would rather not be seen. Hidden folders that tools make for what
 * they install (virtual environments, version managers, build outputs) are ordinary.
 */

const RULE = 'config/odd-entrypoint';
const WRITABLE =
  /^\/?(?:tmp|var\/tmp|dev(?:\/shm)?|proc|sys|run\/shm|var\/spool|var\/mail|var\/cache|var\/log|lost\+found)\//;
const TOOL_FOLDER =
  /^\.(?:venv|env|virtualenv\w*|local|cargo|rustup|nvm|rbenv|pyenv|nodenv|goenv|jenv|asdf|sdkman|rvm|bun|deno|dotnet|yarn|npm\S*|pnpm\S*|bin|next|nuxt|output|svelte-kit|build|dist|config|cache|opam|ghcup|cabal|stack|gem|bundle|poetry|pixi|conda|mamba|julia\w*|volta|fnm|nix-profile|mise|s2i|docker|k8s|aws-lambda-rie|heroku|profile\.d|elan|foundry|vscode-server|meteor|krew|linuxbrew|jabba|tfenv|tox|nox|hatch|uv|pdm|serverless|vercel|netlify|wasmtime|wasmer|platformio|mix|hex|kerl|swiftly|gvm|go|sbt|ivy2|m2|gradle)$/;
const SYSTEM_PROGRAM =
  /^(?:ba|da|z|k|a)?sh$|^(?:sshd?|cron|crond|systemd\S*|init|udevd|dbus-daemon|login|su|sudo|getty|agetty|nginx|apache2|httpd|rsyslogd|kthreadd?|kworker\S*)$/;
const PROGRAM_FOLDER =
  /^\/?(?:usr\/(?:local\/)?)?(?:s?bin|lib\S*|libexec\S*)\/|^\/?(?:opt|app|srv|home|root|nix|snap|busybox|usr\/local|usr\/share|usr\/src|workspace|bitnami|cnb|layers|ko-app|kaniko)\/|\/s?bin\/|^\/[^/]+$/;
const ODD_BIN =
  /^\/?(?:var|etc|boot|media|mnt|usr\/share|usr\/include|usr\/games\/lib)\/(?:\S{1,200}\/)?(?:s?bin)\//;
const WRAPPERS =
  /^(?:\S*\/)?(?:tini(?:-static)?|dumb-init|env|exec|nohup|setsid|su-exec|gosu|catatonit|docker-init|nice|ionice|timeout|sudo|chroot|s6-\S+)$/;
const SHELLS = /^(?:\S*\/)?(?:(?:ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|node|php)$/;

export const oddEntrypoint: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The image starts a program from an odd place',
      remedy:
        'Look at the program, and at the layer that added it. Keep programs in a bin folder or the folder of the application.',
      attack: ['T1036.005', 'T1564.001'],
      controls: ['TVM-06', 'CCC-04'],
      references: [
        'https://attack.mitre.org/techniques/T1036/005/',
        'https://attack.mitre.org/techniques/T1564/001/',
      ],
    },
  ],
  *judge(image) {
    for (const { where, config, argv } of image.commands) {
      if (where !== 'entrypoint') continue;
      const odd = programsOf(argv)
        .map((program) => absolute(image, program))
        .find(isOdd);
      if (odd !== undefined) yield { rule: RULE, config, evidence: odd };
    }
  },
};

/** The program itself, what its wrappers start, and the script an interpreter is given. */
function programsOf(argv: readonly string[]): string[] {
  const words = argv.flatMap((word) => word.trim().split(/\s+/));
  const programs: string[] = [];
  for (const word of words) {
    if (/^-|^\w+=/.test(word)) continue;
    programs.push(word.replace(/^["'(]+|["';&|)]+$/g, ''));
    if (!WRAPPERS.test(word) && !SHELLS.test(word) && word !== 'exec') break;
  }
  return programs.filter((program) => program.includes('/') || program.startsWith('.'));
}

function absolute({ config }: ImageView, program: string): string {
  if (program.startsWith('/')) return program;
  const folder = config.workingDir === '' || config.workingDir === '/' ? '' : config.workingDir;
  return `${folder}/${program.replace(/^(?:\.\/)+/, '')}`;
}

function isOdd(program: string): boolean {
  const parts = program.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.at(-1) ?? '';
  if (WRITABLE.test(program)) return true;
  if (name.startsWith('.') && name !== '..') return true;
  if (parts.slice(0, -1).some((part) => part.startsWith('.') && part !== '..' && !TOOL_FOLDER.test(part)))
    return true;
  if (ODD_BIN.test(program)) return SYSTEM_PROGRAM.test(name) || /^\/?var\/s?bin\//.test(program);
  return SYSTEM_PROGRAM.test(name) && !PROGRAM_FOLDER.test(program);
}
