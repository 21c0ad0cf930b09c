/* Ways in that somebody built into a program everybody trusts. */

rule xz_liblzma_resolver {
  meta:
    title = "liblzma holds the code of the 2024 xz backdoor"
    tier = "block"
    // Distributions shipped it: that the file is as packaged says nothing here.
    pristine = "block"
    attack = "T1195.002,T1554"
    reference = "https://nvd.nist.gov/vuln/detail/CVE-2024-3094"
    version = 1
    date = "2026-07-01"
  strings:
    // Entry of the function that the altered IFUNC resolver calls, x86-64: as published with the discovery.
    $resolver = { F3 0F 1E FA 55 48 89 F5 4C 89 CE 53 89 FB 81 E7 00 00 00 80 48 83 EC 28 48 89 54 24 18 48 89 4C 24 10 }
  condition:
    $resolver and uint32(0) == 0x464C457F
}

rule login_password_logger {
  meta:
    title = "A login program or PAM module writes down passwords"
    tier = "block"
    attack = "T1556.003,T1556"
    reference = "https://attack.mitre.org/techniques/T1556/003/"
    version = 1
    date = "2026-07-01"
  strings:
    $login_pam = "pam_sm_authenticate"
    $login_sshd = "OpenSSH_"
    $record = /(user|username|login|User|Username|Login)[ \t]{0,2}[:=][ \t]{0,2}%s[^\x00\n%]{1,16}(pass|passwd|password|Pass|Passwd|Password)[ \t]{0,2}[:=][ \t]{0,2}%s/
  condition:
    $record and any of ($login*) and uint32(0) == 0x464C457F
}

rule connect_back_shellcode {
  meta:
    title = "A program holds the machine code of a connect-back shell"
    tier = "block"
    attack = "T1059.004,T1095"
    reference = "https://attack.mitre.org/techniques/T1095/"
    version = 1
    date = "2026-07-01"
  strings:
    // socket(AF_INET, SOCK_STREAM, 0), then dup2 over the three standard descriptors: x86-64, without a library.
    $socket = { 6A 29 58 99 6A 02 5F 6A 01 5E 0F 05 }
    $dup = { 6A 03 5E 48 FF CE 6A 21 58 0F 05 75 F6 }
  condition:
    $socket and $dup
}
