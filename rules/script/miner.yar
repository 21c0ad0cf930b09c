/* Scripts that bring a miner, alone or with the worm it pays for. */

rule miner_starter_script {
  meta:
    title = "A script starts a miner with a pool and a wallet"
    tier = "block"
    attack = "T1496"
    reference = "https://attack.mitre.org/techniques/T1496/"
    version = 1
    date = "2026-07-01"
  strings:
    // A program, an algorithm or donation switch, a pool address: on one command line.
    $line = /(xmrig|xmr-stak|minerd|cpuminer|ccminer|lolminer|nbminer|t-rex)[^\n\x00]{0,80}stratum\+(tcp|ssl):\/\/[^\n\x00]{1,80}(-u|--user|-w|--wallet)[ =][0-9A-Za-z]{30}/
  condition:
    uint16(0) == 0x2123 and $line
}

rule worm_script {
  meta:
    title = "A script belongs to a worm that takes over hosts to mine"
    tier = "block"
    attack = "T1496,T1562.001,T1489"
    reference = "https://attack.mitre.org/software/S0599/"
    version = 1
    date = "2026-07-01"
  strings:
    // Its own programs, or those of the rivals it removes.
    $name_1 = "kdevtmpfsi"
    $name_2 = "kinsing"
    $name_3 = "teamtnt" nocase
    $name_4 = "watchbog"
    $name_5 = "sysrv"
    $name_6 = "kthreaddi"
    $kill_1 = /pkill (-9 )?-f/
    $kill_2 = "kill -9"
    $kill_3 = "xargs kill"
    $fetch_1 = /(curl|wget) [^\n]{0,120}http/
    $root_1 = "ld.so.preload"
    $root_2 = "chattr -"
    $root_3 = "aliyun"
    $root_4 = "setenforce 0"
    $root_5 = "crontab -"
    $root_6 = "authorized_keys"
  condition:
    2 of ($name*) and 1 of ($kill*) and $fetch_1 and 2 of ($root*) and uint16(0) == 0x2123
}
