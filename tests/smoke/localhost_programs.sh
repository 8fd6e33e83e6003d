#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Programs that know nothing of dpdk-lo work over carried localhost as ever, on 127.0.0.1 and ::1: nginx
# under wrk, Redis under its benchmark, PostgreSQL under pgbench, a name server. Those that are not
# installed are left out.
. "$(dirname -- "$0")/lib.sh"
. "$(dirname -- "$0")/localhost_lib.sh"
ran=

listens()
{
	wait_for 20 sh -c "ss -H$1ln 'sport = :$2' | grep -q ." || fail "nobody listens on port $2"
}

# to NAME COMMAND...: its output goes to $T/NAME.out.
to()
{
	local name=$1
	shift
	"$@" >"$T/$name.out" 2>&1
}

nginx_and_wrk()
{
	mkdir -p "$T/www"
	cp "$T/blob" "$T/www/blob"
	head -c 600 "$T/blob" | base64 >"$T/www/page"
	cat >"$T/nginx.conf" <<-CONF
	daemon off;
	user root;
	worker_processes 1;
	pid $T/nginx.pid;
	error_log $T/nginx.err;
	events { worker_connections 256; }
	http {
		access_log off;
		server { listen 127.0.0.1:8080; listen [::1]:8080; root $T/www; }
	}
	CONF
	run_quiet nginx nginx -e "$T/nginx.err" -c "$T/nginx.conf"
	listens t 8080
	for address in 127.0.0.1 '[::1]'; do
		carried tcp fetch "$address:8080"
		carried tcp to wrk wrk -t 1 -c 20 -d 2 "http://$address:8080/page"
		grep -Eq 'Non-2xx|Socket errors' "$T/wrk.out" && fail "wrk sees errors"
		[ "$(awk '/requests in/ { print $1 }' "$T/wrk.out")" -gt 100 ] || fail "wrk gets nothing done"
	done
}

redis()
{
	local server
	server=$(command -v redis-server || command -v redis-check-rdb)
	# Debian's redis-tools has the server under another name: the program goes by what it is called.
	(exec -a redis-server "$server" --port 6379 --bind 127.0.0.1 ::1 --save '' --appendonly no --dir "$T" \
		>"$T/redis.out" 2>&1) &
	PIDS+=("$!")
	listens t 6379
	for address in 127.0.0.1 ::1; do
		carried tcp to bench redis-benchmark -h "$address" -n 20000 -c 20 -q -t set,get,incr,lpush,mset
		grep -qi error "$T/bench.out" && fail "redis-benchmark sees errors"
		redis-cli -h "$address" del counter >/dev/null
		[ "$(redis-cli -h "$address" -r 500 incr counter | tail -n 1)" = 500 ] || fail "Redis miscounts"
		carried tcp to set redis-cli -h "$address" -x set blob <"$T/blob"
		redis-cli -h "$address" --raw get blob | head -c "$(stat -c %s "$T/blob")" | cmp -s - "$T/blob" ||
			fail "Redis gives back something else"
	done
}

# sql ADDRESS QUERY
sql()
{
	psql -h "$1" -p 5499 -U postgres -d postgres -tAc "$2"
}

postgres()
{
	local bin=$1 user=nobody
	id postgres >/dev/null 2>&1 && user=postgres
	install -d -o "$user" -m 700 "$T/pg"
	chmod 755 "$T"
	run_as()
	{
		setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"
	}
	(cd / && run_as "$bin/initdb" -D "$T/pg" -U postgres -A trust -N --locale=C) >"$T/initdb.out" 2>&1 || fail "initdb"
	run_quiet postgres setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$bin/postgres" -D "$T/pg" \
		-p 5499 -c "listen_addresses=127.0.0.1,::1" -c unix_socket_directories= -c fsync=off
	listens t 5499
	for address in 127.0.0.1 ::1; do
		wait_for 20 sql "$address" 'select 1' || fail "PostgreSQL does not answer"
		PATH="$bin:$PATH" carried tcp to pginit pgbench -q -i -h "$address" -p 5499 -U postgres postgres
		PATH="$bin:$PATH" carried tcp to pgbench pgbench -h "$address" -p 5499 -U postgres -c 4 -T 2 postgres
		grep -q 'number of failed transactions: 0 ' "$T/pgbench.out" || fail "pgbench sees failures"
		# Each transaction has moved its money once.
		[ "$(sql "$address" 'select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history) and
			(select sum(bbalance) from pgbench_branches) = (select sum(delta) from pgbench_history)')" = t ] ||
			fail "PostgreSQL's books do not balance"
	done
}

names()
{
	local text
	text=$(head -c 900 "$T/blob" | base64 -w 200 | head -n 6 | sed 's/[+,]/x/g' | paste -sd, -)
	run_quiet dnsmasq dnsmasq -k -p 5300 --listen-address=127.0.0.1,::1 --bind-interfaces --no-resolv --no-hosts \
		--conf-file=/dev/null --user=root --pid-file= --edns-packet-max=4096 \
		--host-record=a.test,192.0.2.77,2001:db8::77 --txt-record="long.test,$text"
	listens u 5300
	for address in 127.0.0.1 ::1; do
		carried udp to dig dig +short +tries=1 -p 5300 "@$address" a.test A
		[ "$(cat "$T/dig.out")" = 192.0.2.77 ] || fail "dig A"
		[ "$(dig +short +tries=1 -p 5300 "@$address" a.test AAAA)" = 2001:db8::77 ] || fail "dig AAAA"
		[ "$(dig +short +tries=1 +bufsize=4096 -p 5300 "@$address" long.test TXT | tr -d '" ')" = "$(echo "$text" | tr -d ,)" ] ||
			fail "a long answer over UDP"
		carried tcp to dig dig +short +tcp +tries=1 -p 5300 "@$address" a.test A
		if command -v dnsperf >/dev/null; then
			printf 'a.test A\na.test AAAA\n' >"$T/queries"
			carried udp to dnsperf dnsperf -s "$address" -p 5300 -d "$T/queries" -n 2000 -c 10
			grep -Eq 'Queries lost: +0 ' "$T/dnsperf.out" || fail "dnsperf lost queries"
		fi
	done
}

# has TOOL...: whether they are installed.
has()
{
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || { echo "left out: $tool is not installed"; return 1; }
	done
}

start programs --file-prefix smoke -- --localhost --latency --json "$T/programs.json"
wait_for 10 is_carrying || fail "nothing is carried"
has nginx wrk && nginx_and_wrk && ran+=" nginx"
has redis-benchmark redis-cli && redis && ran+=" redis"
bin=$(echo /usr/lib/postgresql/*/bin/pgbench | awk '{ print $NF }')
has "$bin" psql && postgres "${bin%/pgbench}" && ran+=" postgresql"
has dnsmasq dig && names && ran+=" dns"
[ "$(lo_count native_stalled)" = 0 ] || echo "note: $(lo_count native_stalled) packets went native while the machine was busy"
stop "${PIDS[0]}"
[ -n "$ran" ] || skip "no program to try is installed"
check_report "$T/programs.json" 'p.net_vtap_dlo0.drops.tx_full == 0' 'all(t["port"] != 6379 or t["round_trip_ns"]["count"] > 1000 for t in r.localhost)'
grep -A 12 'who talks to whom' "$T/programs.out"
echo "worked over carried localhost:$ran"
