#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Install what is missing, and only that:  install-deps.sh run|test
# install-deps.sh list: say what "run" would want, a package a line.
# "run" is what building and running dpdk-lo takes, "test" adds what the test suites use.
set -eu

run='
	gcc libc6-dev make meson ninja-build pkg-config python3
	libdpdk-dev libcap-dev libjansson-dev libncurses-dev libnl-3-dev libnl-route-3-dev libpcap-dev
	libseccomp-dev libssl-dev libsystemd-dev
	bpftool clang libbpf-dev
	ca-certificates xz-utils
	iproute2
'
test='
	libcmocka-dev
	dpdk-dev python3-scapy tshark
	arping bird2 busybox-static curl ethtool iperf3 iputils-ping kmod libcap2-bin ndisc6 net-tools procps
	qemu-system-x86 systemd tmux traceroute util-linux
	bind9-dnsutils dnsmasq-base redis-tools
	gnuplot-nox hping3 netsniff-ng nmap openssh-client openssh-server tcpreplay wrk
'

case "${1:-}" in
run)	wanted=$run ;;
test)	wanted="$run $test" ;;
list)	printf '%s\n' "$run" | xargs -n 1; exit ;;
*)	echo "install-deps.sh: say what for: install-deps.sh run|test|list" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || :)
	case "$status" in
	ii*|hi*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "install-deps.sh: this system has no apt-get: install the equivalents of$missing, then try again" >&2
	exit 1
fi
if [ "$(id -u)" != 0 ]; then
	echo "install-deps.sh: packages are missing ($missing ): run it with sudo" >&2
	exit 1
fi

log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
apt_step()
{
	if ! apt-get -q -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		echo "install-deps.sh: apt-get $1 failed (whole log: $log): mend that, then try again" >&2
		exit 1
	fi
}

echo "== installing:$missing"
case "$missing " in
*" openssh-server "*)
	# The tests run an sshd of their own. The package's would listen on this machine from now on, in a
	# chroot too: Debian's unit and init script ask for this file, before and after a boot.
	mkdir -p /etc/ssh
	: >>/etc/ssh/sshd_not_to_be_run
	echo "== openssh-server stays off: remove /etc/ssh/sshd_not_to_be_run to have it run here"
	;;
esac
apt_step update
# shellcheck disable=SC2086 # one word per package
apt_step install -y --no-install-recommends $missing
rm -f "$log"
