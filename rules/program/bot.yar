/* Bots that take orders to flood others. */

rule bot_flooder {
  meta:
    title = "A program is a bot of the Mirai family"
    tier = "block"
    attack = "T1498.001,T1584.005"
    reference = "https://attack.mitre.org/techniques/T1498/001/"
    version = 1
    date = "2026-07-01"
  strings:
    // As written, and with the family's one-byte key.
    $query = "TSource Engine Query"
    $query_keyed = "TSource Engine Query" xor(0x22)
    $flag = "/dev/watchdog"
    $flag_keyed = "/dev/watchdog" xor(0x22)
    $misc = "/dev/misc/watchdog"
    $misc_keyed = "/dev/misc/watchdog" xor(0x22)
    $spread = "/bin/busybox"
    $spread_keyed = "/bin/busybox" xor(0x22)
    $applet = "applet not found"
    $applet_keyed = "applet not found" xor(0x22)
    $listening = "listening tun0"
    $listening_keyed = "listening tun0" xor(0x22)
  condition:
    1 of ($query*) and 1 of ($flag*, $misc*) and 1 of ($spread*, $applet*, $listening*) and uint32(0) == 0x464C457F
}

rule bot_irc_flooder {
  meta:
    title = "A program is an IRC flooding bot of the Kaiten family"
    tier = "block"
    attack = "T1498.001,T1071"
    reference = "https://attack.mitre.org/techniques/T1498/001/"
    version = 1
    date = "2026-07-01"
  strings:
    $order_tsunami = "TSUNAMI <target> <secs>"
    $order_pan = "PAN <target> <port> <secs>"
    $order_udp = "UDP <target> <port> <secs>"
    $order_unknown = "UNKNOWN <target> <secs>"
    $order_spoofs = "GETSPOOFS"
    $irc_notice = "NOTICE %s :"
    $irc_nick = "NICK %s\n"
    $irc_privmsg = "PRIVMSG"
  condition:
    2 of ($order*) and 2 of ($irc*) and uint32(0) == 0x464C457F
}
