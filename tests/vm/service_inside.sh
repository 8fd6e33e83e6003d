#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# dpdk-lo.service as systemd runs it, with all of the unit's hardening: ready means ready, few rights, reload,
# a hang that the watchdog ends, a kill that leaves lo as it was, AF_XDP, and an end that leaves nothing.
#
#   service_inside.sh TREE: what "meson install --destdir TREE" made
tree=${1:?}
unit=$(cd "$tree" && find . -name dpdk-lo.service | sed 's/^\.//')
cp -a "$tree/." / || exit 1
DLO=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
config=$(sed -n 's/^ExecStart=.* --config \([^ ]*\) .*/\1/p' "$unit")
defaults=$(sed -n 's/^EnvironmentFile=-//p' "$unit")
# This machine is all ours: no namespaces, which systemd would not be in.
export DLO DLO_SMOKE_NS=1
. "$(dirname -- "$0")/../smoke/lib.sh"
. "$(dirname -- "$0")/service_lib.sh"
need curl dpdk-telemetry.py ping

# ask COMMAND EXPRESSION: over `v`, what telemetry says.
ask()
{
	echo "$1" | timeout 20 dpdk-telemetry.py -f dpdk-lo 2>/dev/null | /usr/bin/python3 -c '
import json, sys
sys.exit(not eval(sys.argv[2], {"v": json.load(sys.stdin)[sys.argv[1].split(",")[0]]}))' "$1" "$2" 2>/dev/null
}

# Found where it was installed, whatever the prefix.
systemctl daemon-reload
systemctl cat dpdk-lo >/dev/null 2>&1 || systemctl link --quiet "$unit" || fail "systemd does not find the unit"
systemd-analyze verify "$unit" >"$T/verify" 2>&1
[ ! -s "$T/verify" ] || fail "systemd-analyze verify: $(cat "$T/verify")"
remember_host

step "start, as it comes"
systemctl start dpdk-lo || fail "does not start"
ip -o addr show dlo0 2>/dev/null | grep -q ' 198.18.0.1/15 ' || fail "ready, and there is no dlo0"
answers 198.18.0.2 "just started"
answers 2001:2::2 "just started"
main=$(property MainPID)
grep -h CapEff /proc/"$main"/task/*/status | grep -qv '0000000000000000$' && fail "keeps capabilities that it does not need"
settled "$main"

step "reload"
config '[dpdk-lo]' '[port dlo0]' 'mode = l4'
ask /dlo/plan,dlo0 'v["mode"] == "ip"' || fail "the mode is not ip"
systemctl reload dpdk-lo || fail "does not reload"
wait_for 20 ask /dlo/plan,dlo0 'v["mode"] == "l4"' || fail "a changed config file changes nothing"
config '[dpdk-lo]' '[port dlo0]' 'mode = sideways'
systemctl reload dpdk-lo || fail "does not reload"
says 'sideways'
ask /dlo/plan,dlo0 'v["mode"] == "l4"' || fail "an invalid config file changes something"
is MainPID "$main" && is ActiveState active || fail "an invalid config file ends it"
answers 198.18.0.2 "after reloads"

step "a hang"
config '[dpdk-lo]'
kill -STOP "$main"
again "$main" 1
says 'atchdog timeout'
answers 198.18.0.2 "after a hang"

step "everything at once: localhost, loopbacks and their names, a capture, AF_XDP"
ip link add dlv0 type veth peer name dlv1 || fail "no veth"
ip link set dlv0 up
ip link set dlv1 up
config '[dpdk-lo]' 'localhost = tcp:8080' 'loopback = lo0=192.0.2.1,name=box' 'hosts = /etc/hosts' 'capture = cap.pcapng'
sed -i 's/^EAL_OPTIONS=.*/EAL_OPTIONS="--file-prefix dpdk-lo --no-pci --vdev net_af_xdp0,iface=dlv0"/' "$defaults"
systemctl restart dpdk-lo || fail "does not start with all of that"
settled "$(property MainPID)"
answers 192.0.2.1 "a loopback"
grep -q 'box' /etc/hosts || fail "the name of the loopback is not in /etc/hosts"
ask /dlo/ports '"net_af_xdp" in [p["driver"] for p in v.values()]' || fail "no AF_XDP port"
head -c 100000 /dev/urandom >"$T/blob"
(cd "$T" && exec /usr/bin/python3 -m http.server --bind 127.0.0.1 8080 >"$T/http" 2>&1) &
PIDS+=("$!")
wait_for 30 sh -c "ss -Hltn 'sport = :8080' | grep -q ." || fail "no web server"
fetch()
{
	curl -fsS --max-time 30 -o "$T/got" http://127.0.0.1:8080/blob && cmp -s "$T/got" "$T/blob"
}
wait_for 20 ask /dlo/localhost 'v["carrying"] == "on"' || fail "localhost is not carried"
fetch || fail "a web server on localhost"
ask /dlo/localhost 'v["back_tcp"] > 0' || fail "nothing was carried"

step "a kill"
main=$(property MainPID)
restarts=$(property NRestarts)
kill -KILL "$main"
fetch || fail "localhost does not outlive a kill"
again "$main" $((restarts + 1))
answers 192.0.2.1 "after a kill"
fetch || fail "a web server on localhost, after a kill"

step "stop"
state=$(property StateDirectory)
systemctl stop dpdk-lo || fail "does not stop"
is Result success && is ActiveState inactive || fail "stops with $(property Result)"
[ -s "/var/lib/${state:-dpdk-lo}/cap.pcapng" ] || fail "no capture in the state directory"
ip link del dlv0
grep -q 'box' /etc/hosts && fail "the name stays in /etc/hosts"
check_host
step "end"
