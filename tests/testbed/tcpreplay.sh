#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# tcpreplay with a capture of an access link - veth - dpdk-lo on AF_XDP: every unicast frame comes back,
# with its addresses and ports exchanged and nothing else changed.
. "$(dirname -- "$0")/lib.sh"
need tcpreplay dumpcap

"$TESTBED/capture.py" "$T/in.pcap" >"$T/count" || skip "python3-scapy is not installed"
veth --mode l4 --accept any --address 203.0.113.1
run_quiet dumpcap nsenter -t "$PEER_PID" -n -- dumpcap -q -P -i peer0 -f 'ether src 02:d1:00:00:00:02' -w "$T/back.pcap"
dump=$PID
wait_for 10 test -s "$T/back.pcap" || fail "dumpcap does not listen"
sleep 0.5
in_peer tcpreplay -i peer0 --pps=2000 "$T/in.pcap" >"$T/tcpreplay.out" 2>&1 || fail "tcpreplay"
want=$(($(cat "$T/count") - 1)) # an ARP request is for all
all_back()
{
	[ "$(stat -c %s "$T/back.pcap")" -ge "$(($(stat -c %s "$T/in.pcap") - 76))" ]
}
wait_for 5 all_back
kill -INT "$dump"
finish "$dump"
stop "$LO"
check_report "$T/r.json" "p.net_af_xdp0.reflected == $want" 'p.net_af_xdp0.drops.mcast_dst >= 1'
/usr/bin/python3 - "$T/in.pcap" "$T/back.pcap" <<'END' >"$T/compare.out" || fail "what came back is not what was sent"
import sys
from scapy.all import IP, TCP, UDP, Ether, IPv6, rdpcap

def turned(frame):
	frame = frame.copy()
	frame[Ether].src, frame[Ether].dst = frame[Ether].dst, frame[Ether].src
	for layer in (IP, IPv6):
		if layer in frame:
			frame[layer].src, frame[layer].dst = frame[layer].dst, frame[layer].src
	for layer in (TCP, UDP):
		if layer in frame and not (IP in frame and frame[IP].frag):
			frame[layer].sport, frame[layer].dport = frame[layer].dport, frame[layer].sport
	return bytes(frame)

sent = [turned(frame) for frame in rdpcap(sys.argv[1]) if frame[Ether].dst != "ff:ff:ff:ff:ff:ff"]
back = [bytes(frame) for frame in rdpcap(sys.argv[2])]
# A veth pads nothing: what came back has the length of what was sent.
wrong = [number for number, pair in enumerate(zip(sent, back)) if pair[0] != pair[1]]
print(len(sent), len(back), wrong[:10])
if wrong:
	print(sent[wrong[0]].hex(), back[wrong[0]].hex(), sep="\n")
sys.exit(len(sent) != len(back) or bool(wrong))
END
verdict "tcpreplay sent $want unicast frames, all came back exchanged and unchanged" true
