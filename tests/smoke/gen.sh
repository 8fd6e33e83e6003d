#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# dpdk-lo-gen against itself over a ring, against dpdk-lo and testpmd over memif, and its errors.
. "$(dirname -- "$0")/lib.sh"

. "$SMOKE/gen_lib.sh"
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)

exact='g["received"] == g["sent"] == 3000 and g["lost"] == g["duplicates"] == g["reordered"] == 0'
for kind in udp4 tcp4 udp6 tcp6 icmp4 icmp6 stamp lbm mix; do
	gen 0 --vdev net_ring0 -- --kind "$kind" --size 128,256 --vlan 5 --flows 10 --rate 50kpps --count 3000 \
		--bias off --json "$T/g.json"
	report "$exact" 'len(g["sizes"]) == 2 and all(s["sent"] == 1500 for s in g["sizes"])' \
		'0 <= g["latency_ns"]["min"] <= g["latency_ns"]["p50"] <= g["latency_ns"]["max"]'
done
gen 0 --lcores "0@($cpus),1@($cpus)" --vdev net_ring0 -- --size imix --rate 50kpps \
	--count 3000 --json "$T/g.json"
report "$exact" '[s["sent"] for s in g["sizes"]] == [1750, 1000, 250]' 'g["bias_ns"]["p50"] > 0'

gen 1 --vdev net_ring0 --vdev net_ring1 -- --port net_ring0,net_ring1 --rate 10kpps --count 100 \
	--bias off --json "$T/g.json"
grep -q 'nothing came back to port net_ring1: is the other end up' "$T/gen.err" || fail "silence is not explained"
report 'g["sent"] == g["lost"] == 100'
# A ring that nobody reads is full after 1,023 frames, and that is said while it runs.
gen 1 --vdev net_ring0 --vdev net_ring1 -- --port net_ring0,net_ring1 --rate 100kpps --duration 3 \
	--bias off --drain 0.1 --json "$T/g.json"
report 'g["sent"] == g["lost"] == 1023'
said 'warning: nothing has come back to port net_ring1 yet, of 1023 frames sent: the port has stopped'
gen 1 --vdev "net_memif0,role=client,socket=$T/none.sock,socket-abstract=no"
said 'whether the other end (role=server) is there'
gen 2 --vdev net_ring0 -- --port nope
grep -q "no port 'nope'; this run has net_ring0" "$T/gen.err" || fail "no word of the wrong port"
gen 2 --vdev net_ring0 -- --kind tcp6 --size 64
grep -q 'use at least 96' "$T/gen.err" || fail "no word of the size"
gen 2 --vdev net_ring0 -- --rate 5
gen 1 --vdev net_ring0 -- --dst 198.18.0.9
grep -q 'nobody answers for 198.18.0.9' "$T/gen.err" || fail "no word of the neighbour"

# A dpdk-lo at the other end, whose MAC is asked for.
memif="socket=$T/m.sock,socket-abstract=no"
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- --mode l4 \
	--address 198.18.0.2 --accept own --json "$T/r.json"
lo=$PID
gen 0 --vdev "net_memif0,role=client,$memif" -- --dst 198.18.0.2 --kind udp4 --size 64,1518 \
	--rate 20kpps --count 3000 --bias off --json "$T/g.json"
report "$exact"
gen 0 --vdev "net_memif0,role=client,$memif" -- --dst 198.18.0.2 --kind icmp4 --size 64 \
	--rate 20kpps --count 3000 --bias off --json "$T/g.json"
report "$exact"
stop "$lo"
check_report "$T/r.json" 'p.net_memif0.reflected >= 3000' 'p.net_memif0.answered.icmp == 3000'
