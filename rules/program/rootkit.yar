/* Code that hides processes, files or connections from whoever looks: in user land and in the kernel. */

rule preload_process_hider {
  meta:
    title = "A library hides processes from every program that loads it"
    tier = "block"
    attack = "T1574.006,T1564"
    reference = "https://attack.mitre.org/techniques/T1574/006/"
    version = 1
    date = "2026-07-01"
  strings:
    // To tell that a folder being listed is /proc, and which process an entry of it is, by the name in its stat file.
    $folder = "/proc/self/fd/%d"
    $stat = "/proc/%s/stat"
    $name = "%d (%[^)]s"
    $hook = "readdir"
    $real = "dlsym"
  condition:
    all of them and uint32(0) == 0x464C457F and uint16(16) == 3
}

rule preload_rootkit {
  meta:
    title = "A library keeps itself preloaded and hides files and connections"
    tier = "block"
    attack = "T1574.006,T1014"
    reference = "https://attack.mitre.org/techniques/T1014/"
    version = 1
    date = "2026-07-01"
  strings:
    $preload = "/etc/ld.so.preload"
    $net = "/proc/net/tcp"
    $real = "dlsym"
    $hook_list = "readdir64"
    $hook_stat = "__lxstat64"
    $hook_delete = "unlinkat"
    $hook_open = "fopen64"
    $login_pam = "pam_authenticate"
    $login_accept = "accept"
    $login_shell = "/bin/sh"
  condition:
    $preload and $net and $real and 3 of ($hook*) and 2 of ($login*) and
    uint32(0) == 0x464C457F and uint16(16) == 3
}

rule kernel_rootkit {
  meta:
    title = "A kernel module hides itself or hands out root"
    tier = "block"
    attack = "T1014,T1547.006"
    reference = "https://attack.mitre.org/techniques/T1014/"
    version = 1
    date = "2026-07-01"
  strings:
    $hide_module = "module_hide"
    $hide_dirents = "hacked_getdents"
    $hide_hooked = "hook_getdents64"
    $hide_kill = "hacked_kill"
    $hide_tcp = "hooked_tcp4_seq_show"
    $hide_invisible = "is_invisible"
    $root_give = "give_root"
    $root_get = "get_root"
    $root_creds = "commit_creds"
  condition:
    2 of ($hide*) and 1 of ($root*) and uint32(0) == 0x464C457F and uint16(16) == 1
}
