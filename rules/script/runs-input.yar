/* Scripts that run what they are sent, or what they carry in disguise. */

rule php_runs_request {
  meta:
    title = "A PHP page runs code that a request brings"
    tier = "block"
    attack = "T1505.003"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    version = 1
    date = "2026-07-01"
  strings:
    $page = "<?php" nocase
    $short = "<?="
    $tag = "language=\"php\"" nocase
    $eval = /(eval|assert)[ \t]{0,4}\([ \t]{0,4}@?\$_(POST|GET|REQUEST|COOKIE)\[/ nocase
    $decoded = /(eval|assert)[ \t]{0,4}\([ \t]{0,4}@?(base64_decode|gzinflate|gzuncompress|str_rot13|hex2bin)[ \t]{0,4}\([ \t]{0,4}@?\$_(POST|GET|REQUEST|COOKIE|SERVER)\[/ nocase
  condition:
    1 of ($page, $short, $tag) and 1 of ($eval, $decoded)
}

rule php_runs_command {
  meta:
    title = "A PHP page passes a request to a shell"
    tier = "review"
    attack = "T1505.003"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    version = 1
    date = "2026-07-01"
  strings:
    $page = "<?php" nocase
    $short = "<?="
    $tag = "language=\"php\"" nocase
    $command = /(system|passthru|shell_exec|popen|proc_open)[ \t]{0,4}\([ \t]{0,4}@?\$_(POST|GET|REQUEST|COOKIE)\[/ nocase
  condition:
    1 of ($page, $short, $tag) and $command
}

rule python_runs_encoded {
  meta:
    title = "A Python script runs a program it carries encoded"
    tier = "block"
    attack = "T1027,T1059.006"
    reference = "https://attack.mitre.org/techniques/T1027/"
    version = 1
    date = "2026-07-01"
  strings:
    $run = /exec[ \t]{0,4}\([ \t]{0,4}(compile[ \t]{0,4}\([ \t]{0,4})?((zlib|marshal|gzip|lzma|bz2)\.(decompress|loads)[ \t]{0,4}\([ \t]{0,4})?((zlib|marshal|gzip|lzma|bz2)\.(decompress|loads)[ \t]{0,4}\([ \t]{0,4})?(base64\.b64decode|__import__\(.base64.\)\.b64decode)[ \t]{0,4}\([ \t]{0,4}b?['"][A-Za-z0-9+\/=]{40}/
  condition:
    $run
}

rule node_runs_encoded {
  meta:
    title = "A JavaScript file runs a program it carries encoded"
    tier = "block"
    attack = "T1027,T1059.007"
    reference = "https://attack.mitre.org/techniques/T1027/"
    version = 1
    date = "2026-07-01"
  strings:
    $run = /(eval|Function|execSync|exec|runInThisContext)[ \t]{0,4}\([ \t]{0,4}(Buffer\.from|new Buffer)[ \t]{0,4}\([ \t]{0,4}['"`][A-Za-z0-9+\/=]{40}/
  condition:
    $run
}
