#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The Debian package in a clean Debian that systemd runs, by apt, as an administrator meets it: installed and
# not started, enabled, hung, upgraded while it runs, removed, installed again and purged, and nothing left.
# Run by devtools/check-package, which installs what the package depends on.
#
#   package_inside.sh DIR: where packages lie: dpdk-lo_*.deb, and a later version of it, later.deb
packages=${1:?}
unit=dpdk-lo.service
config=/etc/dpdk-lo/dpdk-lo.conf
defaults=/etc/default/dpdk-lo
# This machine is all ours: no namespaces, which systemd would not be in.
export DLO=/usr/sbin/dpdk-lo DLO_SMOKE_NS=1 DEBIAN_FRONTEND=noninteractive
. "$(dirname -- "$0")/../smoke/lib.sh"
. "$(dirname -- "$0")/service_lib.sh"

# apt ARGUMENT...: as from a terminal, with the package's scripts talking to systemd.
apt()
{
	apt-get -qy -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >"$T/apt.out" 2>&1 ||
		fail "apt-get $* fails"
	# Complaints of a maintainer script do not stop apt.
	if grep -E '^(Failed|Warning|dpkg: (warning|error)|.*not found)' "$T/apt.out"; then
		fail "apt-get $* complains"
	fi
}

# The whole machine: files with what they say, packages, units, the network.
machine_state()
{
	find / -xdev \( -path /tmp -o -path /run -o -path /root -o -path /packages -o -path /var/log -o -path /var/cache \
		-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd/timers \) -prune -o -print
	find /etc/systemd/system /run /dev/shm /dev/hugepages ! -path '/run/systemd/*' ! -path '/run/vm/*' \
		! -path '/run/kernel/*' ! -path '/run/log/*' 2>/dev/null
	find /etc /var/lib/systemd -type f -exec sha256sum {} + 2>/dev/null
	dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n'
	systemctl list-units --all --no-pager --no-legend --plain --type=service | awk '{ print $1, $2, $3 }'
	ls /sys/class/net
}

state()
{
	machine_state | sort >"$T/machine.$1"
}

# gone WHEN: no process, no interface, nothing at run time.
gone()
{
	pgrep -x dpdk-lo >"$T/pgrep.out" && fail "$1: dpdk-lo still runs"
	[ ! -e /sys/class/net/dlo0 ] || fail "$1: dlo0 is still there"
	[ -z "$(find /run/dpdk -mindepth 1)" ] || fail "$1: $(find /run/dpdk -mindepth 1) stays"
	systemctl is-active --quiet "$unit" && fail "$1: the unit is active"
	return 0
}

# mode MODE: dlo0's, as the live view says.
mode()
{
	dpdk-lo-top --once --json --interval 0.2 2>"$T/top.err" | grep -qE "\"mode\": ?\"$1\""
}

step "installing"
remember_host
state before
apt install "$packages"/dpdk-lo_*.deb
[ "$(systemctl is-enabled "$unit")" = disabled ] || fail "is enabled by itself"
gone "installed, not asked for"
systemd-analyze verify "$unit" >"$T/verify.out" 2>&1
[ ! -s "$T/verify.out" ] || fail "systemd-analyze verify has something to say"
systemd-analyze security --no-pager "$unit" | tail -n 1

step "enabled and started"
systemctl enable --quiet --now "$unit" || fail "cannot be enabled and started"
is ActiveState active || fail "is not started"
systemctl show -P Wants multi-user.target | grep -qw "$unit" || fail "would not start with the machine"
answers 198.18.0.2 "started"
answers 2001:2::2 "started"
main=$(property MainPID)
settled "$main"

step "the administrator's settings"
config '[dpdk-lo]' 'loopback = lo0=192.0.2.1,name=box' 'hosts = /etc/hosts' 'localhost = tcp:8080' \
	'capture = cap.pcapng' '[port dlo0]' 'mode = l4'
echo '# the administrator was here' >>"$defaults"
systemctl restart "$unit" || fail "does not start again"
mode l4 || fail "the config file is not heeded: $(dpdk-lo-top --once --json --interval 0.2)"
answers 192.0.2.1 "a loopback"
sha256sum "$config" "$defaults" >"$T/settings"

step "a hang"
main=$(property MainPID)
kill -STOP "$main"
again "$main" 1
says 'atchdog timeout'
answers 192.0.2.1 "after a hang"

# upgrade PACKAGE: while it runs.
upgrade()
{
	main=$(property MainPID)
	apt -o Dpkg::Options::=--force-confold install "$1"
	is ActiveState active || fail "does not run after an upgrade"
	is MainPID "$main" && fail "the old program goes on after an upgrade"
	is NRestarts 0 && is Result success || fail "an upgrade is no orderly end: $(property Result)"
	systemctl is-enabled --quiet "$unit" || fail "is no longer enabled after an upgrade"
	sha256sum --quiet -c "$T/settings" || fail "the administrator's settings are gone"
	mode l4 || fail "after an upgrade the config file is not heeded"
	answers 192.0.2.1 "upgraded"
	grep -q box /etc/hosts || fail "the name of the loopback is not in /etc/hosts after an upgrade"
}

step "an upgrade while it runs"
upgrade "$packages/later.deb"
[ -e "$config.dpkg-dist" ] || fail "the later package's config file is nowhere"
grep -q 'later' "$config.dpkg-dist" || fail "that is not the later package's config file"

step "an upgrade while it is stopped"
systemctl stop "$unit" || fail "does not stop"
gone "stopped"
apt install --reinstall "$packages/later.deb"
gone "an upgrade must not start it"
systemctl start "$unit" || fail "does not start after an upgrade"

step "remove"
apt remove dpdk-lo
gone "removed"
is LoadState not-found || fail "systemd still knows the unit: $(property LoadState)"
grep -q box /etc/hosts && fail "the name stays in /etc/hosts"
sha256sum --quiet -c "$T/settings" || fail "removal takes the settings along"
[ -s /var/lib/dpdk-lo/cap.pcapng ] || fail "removal takes the captures along"
check_host

step "back"
apt install "$packages/later.deb"
gone "installed again"
systemctl is-enabled --quiet "$unit" || fail "is no longer enabled"
systemctl start "$unit" || fail "does not start when it is back"
mode l4 || fail "the kept config file is not heeded"
answers 192.0.2.1 "back"

step "purge while it runs"
apt purge dpdk-lo
gone "purged"
check_host
state after
diff "$T/machine.before" "$T/machine.after" || fail "something stays (< before, > after)"
step "end"
