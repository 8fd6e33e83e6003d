#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGHUP: the config file is taken over whole, without losing a frame, or not at all and with the
# reason; the command line still wins; what cannot change is named and refused.
. "$(dirname -- "$0")/lib.sh"
need dpdk-telemetry.py

GEN=$(dirname -- "$DLO")/../dpdk-lo-gen/dpdk-lo-gen

# conf LINE...: the config file.
conf()
{
	printf '%s\n' '[dpdk-lo]' "$@" >"$T/lo.conf.new"
	mv "$T/lo.conf.new" "$T/lo.conf"
}

# said FILE TEXT COUNT: it was said so often.
said()
{
	[ "$(grep -caF -- "$2" "$T/$1")" -ge "$3" ]
}

# taken: reload and wait for its being in force.
taken()
{
	reloads=$((reloads + 1))
	kill -HUP "$lo"
	wait_for 10 said lo.out 'is in force' "$reloads" || fail "reload $reloads is not taken over"
}

# refused TEXT: reload, and that is the reason why nothing changes.
refused()
{
	refusals=$((refusals + 1))
	kill -HUP "$lo"
	wait_for 10 said lo.err 'nothing was changed' "$refusals" || fail "not refused: $1"
	grep -a 'nothing was changed' "$T/lo.err" | tail -n 1 | grep -qaF -- "$1" ||
		fail "refused for another reason than '$1': $(tail -n 1 "$T/lo.err")"
}

# plan PORT KEY: what the port's plan says.
plan()
{
	telemetry "$lo" "/dlo/plan,$1" "v[\"$2\"]"
}

remember_host

# As fast as a core goes: frames run round a ring while twenty plans follow each other.
reloads=0 refusals=0
conf 'mode = l4'
start lo --no-pci --vdev net_ring0 -- --inject 256,kind=mix --config "$T/lo.conf" --json "$T/r.json"
lo=$PID
for _ in 1 2 3 4 5; do
	for mode in wire mac ip l4; do
		conf "mode = $mode" 'accept = any' 'answer = none' 'udp-echo = port=7'
		taken
		[ "$(plan net_ring0 mode)" = "$mode" ] || fail "mode is not $mode"
	done
done
# Nothing of these changes anything.
conf 'mode = sideways'
refused "unknown mode 'sideways'"
conf 'mode = mac' 'colour = blue'
refused 'colour: no such key'
conf 'mode = mac' '[port net_ring7]' 'mode = ip'
refused "no port 'net_ring7'; this run has net_ring0"
conf 'mode = mac' 'inject = 5'
# The command line has --inject: what the file says of it is nothing.
taken
conf 'mode = ip' 'idle = spin'
refused "'idle' cannot change while dpdk-lo runs"
conf 'mode = ip' 'link = dlo7'
refused "'link' cannot change while dpdk-lo runs"
conf 'mode = ip' 'loopback = lo0=192.0.2.1'
refused 'the host link that this needs cannot be made'
# Where it is wrong is said, too.
printf '# ours\n\n[dpdk-lo]\r\nmode = ip\r\n[port net_ring0]\r\nguards = perhaps\r\n' >"$T/lo.conf"
refused "lo.conf: line 6: [port net_ring0]: guards: unknown state 'perhaps'"
printf '[dpdk-lo]\nmode = ip\nmode = l4\n' >"$T/lo.conf"
refused 'lo.conf: line 3: [dpdk-lo]: mode: given twice'
printf '[dpdk-lo]\nmode = \344nderung\n' >"$T/lo.conf"
refused 'lo.conf: line 2: [dpdk-lo]: mode: unknown mode'
printf '\357\273\277[dpdk-lo]\nmode = ip\n' >"$T/lo.conf"
refused 'lo.conf: line 1: a byte order mark'
head -c 5000 "$DLO" >"$T/lo.conf"
refused 'lo.conf: line 1: '
truncate -s 1G "$T/lo.conf"
refused 'lo.conf: longer than 1 MiB'
rm "$T/lo.conf"
refused 'lo.conf: cannot be opened'
mkdir "$T/lo.conf"
refused 'lo.conf: not a regular file'
rmdir "$T/lo.conf"
mkfifo "$T/lo.conf"
refused 'lo.conf: not a regular file'
rm "$T/lo.conf"
ln -s lo.conf "$T/lo.conf"
refused 'lo.conf: cannot be opened: Too many levels'
rm "$T/lo.conf"
[ "$(plan net_ring0 mode)" = mac ] || fail "a refused file changed the mode"
stop "$lo"
check_host
check_report "$T/r.json" --injected 256 'p.net_ring0.rx > 100000' \
	'p.net_ring0.reflected == p.net_ring0.rx' 'sum(p.net_ring0.drops.values()) == 0'

# The command line wins, and a limit may change.
reloads=0 refusals=0
conf 'mode = mac' 'answer-rate = 5' 'duration = 600'
start lo --no-pci --vdev net_ring0 -- --config "$T/lo.conf" --mode ip --json "$T/r.json"
lo=$PID
[ "$(plan net_ring0 mode)" = ip ] || fail "the command line does not win at the start"
conf 'mode = wire' '[port net_ring0]' 'mode = wire' 'guards = off'
taken
[ "$(plan net_ring0 mode)" = ip ] || fail "the command line does not win"
[ "$(plan net_ring0 guards)" = off ] || fail "guards are not off"
grep -q 'runs with --guards off' "$T/lo.err" || fail "guards off is not said loudly"
conf 'duration = 0.1'
taken
finish "$lo" || fail "--duration from the file ends with $?"

# Without a config file a hangup is the end, as ever.
start lo --no-pci --vdev net_ring0 -- --json "$T/r.json"
stop "$PID" HUP

# Somebody else counts: not a frame of a hundred thousand a second is missing.
[ -x "$GEN" ] || { echo "dpdk-lo-gen is not built: reloading under its traffic was not tried"; exit 0; }
reloads=0 refusals=0
memif="socket=$T/m.sock,socket-abstract=no,rsize=14"
conf 'mode = l4' 'address = 198.18.0.2'
start lo --no-huge -m 256 --no-pci --vdev "net_memif0,role=server,$memif" -- \
	--config "$T/lo.conf" --json "$T/r.json"
lo=$PID
run_quiet gen timeout 120 "$GEN" --no-huge -m 256 --vdev "net_memif0,role=client,$memif" -- \
	--dst 198.18.0.2 --kind udp4 --rate 100kpps --count 400000 --json "$T/g.json"
gen=$PID
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	conf "mode = l4" "address = 198.18.0.2,10.0.$i.1/24" "answer-rate = $i"
	taken
	sleep 0.1
done
finish "$gen" || fail "dpdk-lo-gen ends with $?"
stop "$lo"
/usr/bin/python3 -c 'import json, sys
g = json.load(open(sys.argv[1]))
sys.exit(not (g["sent"] == g["received"] == 400000 and g["lost"] == g["duplicates"] == 0))' \
	"$T/g.json" || fail "frames are missing: $(cat "$T/g.json")"
check_report "$T/r.json" 'p.net_memif0.reflected >= 400000'
check_host
