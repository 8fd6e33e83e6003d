#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Nothing from outside reaches 127.0.0.0/8 or ::1 while localhost is carried: not through the kernel's
# own interfaces, not through a port of the appliance.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
need ethtool
/usr/bin/python3 -c 'import scapy' 2>/dev/null || skip "scapy is not installed"

make_peer
ip addr add 192.0.2.1/24 dev dlp0
in_peer ip addr add 192.0.2.2/24 dev peer0
dlp0_mac=$(cat /sys/class/net/dlp0/address)

# Hears whatever comes to its port, on any address.
/usr/bin/python3 -u - >"$T/heard.out" <<'PY' &
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 5353))
while True:
    data, peer = s.recvfrom(2000)
    print(data.decode(), peer[0])
PY
PIDS+=("$!")
wait_for 10 sh -c "ss -Hlun 'sport = :5353' | grep -q ." || fail "no listener"

# throw WORD: every mixture of MAC and IP addresses that could get a packet in, with that payload.
throw()
{
	in_peer /usr/bin/python3 - "$1" "$dlp0_mac" <<'PY' || fail "the peer cannot send"
import logging, sys
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, IP, IPv6, UDP, Dot1Q, sendp
word, mac = sys.argv[1:]
zero = "00:00:00:00:00:00"
frames = []
for dst in (mac, zero, "ff:ff:ff:ff:ff:ff"):
    for src in (zero, "02:00:00:00:00:02"):
        for ip in (IP(src="127.0.0.1", dst="127.0.0.1"), IP(src="127.0.0.2", dst="127.0.0.1"),
                IP(src="192.0.2.2", dst="127.0.0.1"), IPv6(src="::1", dst="::1"), IPv6(src="2001:db8::2", dst="::1")):
            frames.append(Ether(dst=dst, src=src) / ip / UDP(sport=4000, dport=5353) / word.encode())
            frames.append(Ether(dst=dst, src=src) / Dot1Q(vlan=0) / ip / UDP(sport=4000, dport=5353) / word.encode())
sendp(frames * 3, iface="peer0", verbose=False)
PY
	sleep 0.5
}

say()
{
	/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(sys.argv[1].encode(), ("127.0.0.1", 5353))' "$1"
}

# The neighbour of one of the host's own interfaces.
start host --file-prefix smoke -- --localhost
carried udp say inside
wait_for 20 grep -q inside "$T/heard.out" || fail "the listener hears nothing from inside"
in_peer /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"allowed", ("192.0.2.1", 5353))'
wait_for 20 grep -q allowed "$T/heard.out" || fail "the neighbour is not heard at all"
throw outside
grep outside "$T/heard.out" && fail "a neighbour of the host reaches localhost"
stop "$PID"

# The neighbour of a port of the appliance, as open as it can be made.
start port --file-prefix smoke --no-pci --vdev net_af_packet0,iface=dlp0,framesz=1024,blocksz=4096 -- --localhost --link \
	--mode wire@net_af_packet0 --guards off --accept any
carried udp say inside2
throw through
grep through "$T/heard.out" && fail "a neighbour of a port reaches localhost"
stop "$PID"
exit 0
