/*
 * Cryptocurrency miners. A name alone proves nothing, so an executable must hold both the words of a mining engine and
 * the words of the protocol by which it is given work.
 */

rule miner_program {
  meta:
    title = "A program mines cryptocurrency for a pool"
    tier = "block"
    attack = "T1496"
    reference = "https://xmrig.com/docs/miner/config"
    version = 1
    date = "2026-07-01"
  strings:
    $engine_randomx = "randomx"
    $engine_name = "RandomX"
    $engine_donate = "donate-level"
    $engine_cryptonight = "cryptonight"
    $engine_ghostrider = "ghostrider"
    $engine_hugepages = "huge-pages-jit"
    $engine_msr = "wrmsr"
    $work_tcp = "stratum+tcp://"
    $work_ssl = "stratum+ssl://"
    $work_daemon = "daemon+http://"
    $work_subscribe = "mining.subscribe"
    $work_keepalive = "keepalived"
    $work_nicehash = "--nicehash"
  condition:
    3 of ($engine*) and 2 of ($work*) and
    (uint32(0) == 0x464C457F or uint16(0) == 0x5A4D or uint32(0) == 0xFEEDFACF)
}
