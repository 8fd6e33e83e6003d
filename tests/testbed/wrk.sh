#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# wrk - dlo0 - nginx on this very host.
. "$(dirname -- "$0")/lib.sh"
need wrk nginx

mkdir "$T/www"
head -c 1024 /dev/zero | tr '\0' x >"$T/www/index.html"
cat >"$T/www/nginx.conf" <<END
worker_processes 1; daemon off; pid $T/www/pid; error_log $T/www/error.log; user root;
events { worker_connections 512; }
http {
	access_log off; keepalive_requests 1000000; client_body_temp_path $T/www/b; proxy_temp_path $T/www/p;
	fastcgi_temp_path $T/www/f; uwsgi_temp_path $T/www/u; scgi_temp_path $T/www/s;
	server { listen 8080; listen [::]:8080; root $T/www; }
}
END
chmod 755 "$T" "$T/www"
run_quiet nginx nginx -c "$T/www/nginx.conf" -e "$T/www/error.log"
server=$PID
wait_for 10 sh -c 'ss -ltn | grep -q :8080' || fail "nginx does not listen"
link
for address in 198.18.0.2 '[2001:2::2]'; do
	wrk -t 1 -c 16 -d 2s "http://$address:8080/" >"$T/wrk.out" 2>&1 || fail "wrk"
	grep -Eq 'Non-2xx|Socket errors' "$T/wrk.out" && fail "wrk had errors"
	words="${words:-}, $address $(sed -n 's/^Requests\/sec: *//p' "$T/wrk.out") requests/s"
done
kill -QUIT "$server"
stop "$LO"
verdict "wrk and nginx through the mirror$words" true
