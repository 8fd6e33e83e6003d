# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# A stock dpdk-testpmd as the peer: it forwards the frames of a pcap into a port, and what comes
# back from that port into another pcap.

need dpdk-testpmd

# golden MODE MAX: $T/in and $T/want, frames of at most MAX bytes.
golden()
{
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$1/in.pcap" "$T/in" "$2"
	"$SUPPORT/pcap.py" cut "$SMOKE/../golden/bulk-$1/want.pcap" "$T/want" "$2"
}

frames_in()
{
	/usr/bin/python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True
import pcap; print(len(pcap.read(sys.argv[2])))' "$SUPPORT" "$1"
}

all_back()
{
	[ "$(stat -c %s "$T/out" 2>/dev/null || echo 0)" -ge "$(stat -c %s "$T/want")" ]
}

# testpmd_exchange VDEV [EAL ARGUMENT...]: run until as much has come back as went out, or some
# seconds.
testpmd_exchange()
{
	local cpus peer
	cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	rm -f "$T/out"
	run_quiet testpmd dpdk-testpmd --no-huge --no-pci -m 256 --lcores "0@($cpus),1@($cpus)" \
		--file-prefix "peer$$" --no-telemetry \
		--vdev "net_pcap0,rx_pcap=$T/in,tx_pcap=$T/out" --vdev "$@" \
		-- --total-num-mbufs=8192 --forward-mode=io --no-flush-rx --stats-period=1
	peer=$PID
	wait_for 20 all_back || echo "not everything came back in time"
	kill -INT "$peer"
	wait_for 15 dead "$peer" || { kill -9 "$peer"; fail "dpdk-testpmd does not end"; }
	wait "$peer"
}
