#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# --filter and --unmatched: what matches comes back, the rest is dropped or this host's, on a port
# that stays in service: a web server behind a loopback answers through it meanwhile.
. "$(dirname -- "$0")/lib.sh"
need ethtool ping curl dumpcap tshark dpdk-telemetry.py

make_peer
remember_host
in_peer ip addr add 10.1.1.2/24 dev peer0
in_peer ip route add 192.0.2.1 via 10.1.1.1
mkdir "$T/www"
echo 'in service' >"$T/www/hello"

# comes_back PORT: a datagram to this UDP port of the appliance does.
comes_back()
{
	in_peer timeout 20 /usr/bin/python3 - "$1" <<'PY'
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.1.1.2", 0))
s.settimeout(0.3)
# In mode l4 it comes back to where it was sent from.
for _ in range(3):
    s.sendto(b"mirror", ("10.1.1.1", int(sys.argv[1])))
    try:
        if s.recv(100) == b"mirror":
            sys.exit(0)
    except TimeoutError:
        pass
sys.exit(1)
PY
}

for wrong in 'udp portt 7' 'ip and' 'vlan 99999'; do
	"$DLO" --no-pci --vdev net_null0 -- --filter "$wrong" >"$T/wrong.out" 2>"$T/wrong.err"
	[ $? = 2 ] || fail "--filter '$wrong' is no usage error"
	grep -q "filter: '$wrong'.*see pcap-filter(7)" "$T/wrong.err" || fail "no word of '$wrong'"
done
"$DLO" --no-pci --vdev net_null0 -- --unmatched host >"$T/wrong.out" 2>"$T/wrong.err"
[ $? = 2 ] || fail "--unmatched without --filter is no usage error"

# Dropped: what does not match does not come back, what is asked is answered.
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 10.1.1.1/24 --filter 'udp port 7000' \
	--json "$T/r.json"
lo=$PID
comes_back 7000 || fail "a match does not come back"
comes_back 7001 && fail "what does not match comes back"
in_peer ping -n -c 2 -i 0.1 -W 2 10.1.1.1 >"$T/ping.out" 2>&1 || fail "ping is filtered"
[ "$(telemetry "$lo" /dlo/plan 'v["filter"] + " " + v["unmatched"]')" = 'udp port 7000 drop' ] ||
	fail "telemetry does not show the filter"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.drops.filtered >= 3' 'p.net_af_xdp0.reflected >= 1' \
	'p.net_af_xdp0.answered.icmp >= 2'

# Handed to the host: a web server of this host is reached while UDP port 7000 is a mirror.
printf '%s\n' '[dpdk-lo]' 'loopback = lo0=192.0.2.1' 'filter = udp port 7000' 'unmatched = host' \
	>"$T/lo.conf"
start lo --no-pci --vdev net_af_xdp0,iface=dlp0 -- --address 10.1.1.1/24@net_af_xdp0 \
	--config "$T/lo.conf" --json "$T/r.json"
lo=$PID
wait_address 192.0.2.1
(cd "$T/www" && exec /usr/bin/python3 -m http.server --bind 192.0.2.1 80 >"$T/http.out" 2>&1) &
PIDS+=("$!")
wait_for 10 sh -c "ss -Hltn 'sport = :80' | grep -q ." || fail "no web server"
chmod 777 "$T"
run_quiet dump dumpcap -q -i dlo0 -w "$T/dump.pcap"
wait_for 20 test -s "$T/dump.pcap" || fail "dumpcap does not listen"
comes_back 7000 || fail "a match does not come back with --unmatched host"
comes_back 7001 && fail "what does not match comes back with --unmatched host"
[ "$(in_peer curl -sS --max-time 10 http://192.0.2.1/hello)" = 'in service' ] ||
	fail "the host is not reached"
# From a wire into the host's own localhost there is no way.
in_peer timeout 10 /usr/bin/python3 - "$(telemetry "$lo" /dlo/plan,net_af_xdp0 'v["mac"]')" <<'PY' || fail "no raw frames"
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("peer0", 0))
dst = bytes.fromhex(sys.argv[1].replace(":", ""))
src = s.getsockname()[4]
def ip(a, b, proto=17):
    h = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 64, proto, 0, socket.inet_aton(a), socket.inet_aton(b))
    t = sum(struct.unpack("!10H", h)); t = (t & 0xffff) + (t >> 16)
    return h[:10] + struct.pack("!H", ~t & 0xffff) + h[12:] + struct.pack("!HHHH", 9, 6666, 8, 0)
for mac, a, b in ((dst, "10.1.1.2", "127.0.0.1"), (dst, "127.0.0.1", "10.1.1.9"),
        (bytes(6), "10.1.1.2", "127.0.0.1"), (bytes(6), "10.1.1.2", "10.1.1.9")):
    s.send((mac + src + b"\x08\x00" + ip(a, b)).ljust(60, b"\0"))
PY
sleep 0.5
kill -INT "$PID"
finish "$PID"
tshark -n -r "$T/dump.pcap" -T fields -e ip.src -e ip.dst -e udp.dstport >"$T/dump.txt" 2>/dev/null
grep -q '10.1.1.1.7001$' "$T/dump.txt" || fail "the host does not see what does not match"
grep -q '7000$' "$T/dump.txt" && fail "the host sees what matches"
grep -q '127\.0\.0\.1\|6666$' "$T/dump.txt" && fail "the host sees what no wire may bring"
# Another filter, without losing the port.
sed -i 's/7000/7001/' "$T/lo.conf"
kill -HUP "$lo"
wait_for 10 grep -q 'is in force' "$T/lo.out" || fail "no reload"
comes_back 7001 || fail "the new filter does not hold"
comes_back 7000 && fail "the old filter holds"
stop "$lo"
check_report "$T/r.json" 'p.net_af_xdp0.punted >= 3' 'p.net_af_xdp0.drops.martian >= 2' \
	'p.net_af_xdp0.drops.filtered >= 1' 'r.loopbacks[0]["punted"] >= 3' \
	'r.loopbacks[0]["forwarded"] >= 3'
check_host
