#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# trafgen of netsniff-ng - veth - dpdk-lo on AF_XDP: IPv4 and IPv6 with changing ports.
. "$(dirname -- "$0")/lib.sh"
need trafgen

veth --mode l4 --accept any
cat >"$T/frames.cfg" <<'END'
{
  eth(da=02:d1:00:00:00:02, sa=02:d1:00:00:00:01),
  ipv4(sa=198.18.0.1, da=198.18.0.2, ttl=64),
  udp(sp=dinc(20000, 29999), dp=5001),
  fill('A', 64)
}
{
  eth(da=02:d1:00:00:00:02, sa=02:d1:00:00:00:01, type=0x86dd),
  ipv6(sa=2001:2::1, da=2001:2::2, hl=64),
  tcp(sp=dinc(30000, 39999), dp=80, syn),
  fill('B', 400)
}
END
# On a busy machine trafgen sends all at once what is late: no more than a receive ring holds.
in_peer trafgen --dev peer0 --conf "$T/frames.cfg" --num 1000 --rate 2000pps --cpus 1 >"$T/trafgen.out" 2>&1 ||
	fail "trafgen"
sleep 1
stop "$LO"
check_report "$T/r.json" 'p.net_af_xdp0.reflected >= 1000'
back=$(field "$T/r.json" 'p["net_af_xdp0"]["reflected"]')
verdict "trafgen sent 1000, $back frames were turned round" [ "$back" -ge 1000 ]
