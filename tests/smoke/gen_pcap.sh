#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# dpdk-lo-gen --pcap: frames of a capture through a mirror and back, in their own time and faster.
. "$(dirname -- "$0")/lib.sh"
. "$SMOKE/gen_lib.sh"

/usr/bin/python3 - "$T/in.pcap" <<'END' || skip "python3-scapy is not installed"
import sys
from scapy.all import *
eth = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
four, six = IP(src="198.18.0.1", dst="198.18.0.2"), IPv6(src="2001:2::1", dst="2001:2::2")
frames = []
for i in range(300):
	frames += [eth / four / UDP(sport=5000 + i, dport=53) / Raw(bytes(40 + i)),
		eth / four / TCP(sport=4000, dport=80, flags="A"),  # no room for a stamp
		eth / Dot1Q(vlan=5) / six / TCP(sport=4000, dport=80, flags="PA") / Raw(bytes(20 + 4 * i))]
for i, frame in enumerate(frames):
	frame.time = 1e9 + i / 2000
wrpcap(sys.argv[1], frames)
END
memif="socket=$T/m.sock,socket-abstract=no"
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- --loop-guard off --mode l4 --accept any \
	--json "$T/r.json" --capture "$T/out.pcapng"
lo=$PID

gen 0 --vdev "net_memif0,role=client,$memif" -- --pcap "$T/in.pcap" --bias off --json "$T/g.json"
said '900 frames of 0.4[45]'
report 'g["sent"] == g["received"] == 600' 'g["lost"] == g["duplicates"] == 0' \
	'g["unstamped"] == g["foreign"] == 300' 'g["kind"] == "pcap"' 'g["seconds"] > 0.4' \
	'sum(s["sent"] for s in g["sizes"]) == 600' 'len([s for s in g["sizes"] if s["sent"]]) >= 4'
gen 0 --vdev "net_memif0,role=client,$memif" -- --pcap "$T/in.pcap" --rate 20kpps --count 1800 \
	--bias off --json "$T/g.json"
report 'g["sent"] == g["received"] == 1200' 'g["unstamped"] == 600' 'g["asked_pps"] == 20000'
gen 0 --vdev "net_memif0,role=client,$memif" -- --pcap "$T/in.pcap" --speed 0.5 --bias off --json "$T/g.json"
report 'g["received"] == 600' 'g["seconds"] > 0.8'
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.reflected == 3600'

# What went over the wire is valid in the eyes of others.
if command -v tshark >/dev/null; then
	tshark -r "$T/out.pcapng" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
		-Y '_ws.malformed || tcp.checksum.status == 0 || udp.checksum.status == 0 || ip.checksum.status == 0' \
		>"$T/bad.out" 2>/dev/null || fail "tshark does not read the capture"
	[ -s "$T/bad.out" ] && fail "frames with wrong checksums"
fi

gen 2 --vdev net_ring0 -- --pcap "$T/none.pcap"
said 'none.pcap: No such file'
echo nonsense >"$T/bad.pcap"
gen 2 --vdev net_ring0 -- --pcap "$T/bad.pcap"
said 'unknown file format'
exit 0
