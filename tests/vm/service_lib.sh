# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What scripts share that look at dpdk-lo.service under a systemd that runs the machine; sourced after
# tests/smoke/lib.sh, with $config (the config file of the service) set.
: "${config:?}"

show_logs()
{
	systemctl status --no-pager --lines=0 dpdk-lo
	journalctl --no-pager -o cat -u dpdk-lo | tail -n 60
}

config()
{
	printf '%s\n' "$@" >"$config"
}

property()
{
	systemctl show --property "$1" --value dpdk-lo
}

is()
{
	[ "$(property "$1")" = "$2" ]
}

says()
{
	wait_for 20 sh -c "journalctl --no-pager -o cat -u dpdk-lo | grep -qE -- '$1'" || fail "the journal does not say: $1"
}

# answers ADDRESS WHEN
answers()
{
	ping -n -q -c 3 -i 0.2 -W 5 "$1" >"$T/ping.out" 2>&1 || fail "no answer from $1: $2"
}

# settled PID: it has given up what it does not need, and says nothing else. The kernel would count the unit's
# filters of system calls as well.
settled()
{
	grep -h '^Seccomp:' "/proc/$1/task/"*/status | grep -qv '2$' && fail "a thread without a filter of system calls"
	journalctl --no-pager -o cat -u dpdk-lo | grep -E 'warning: (capabilities|not all threads|system calls)' &&
		fail "the unit is in the way of its own restrictions"
	return 0
}

# again MAIN RESTARTS: systemd has started it once more, and it is another process.
again()
{
	wait_for 90 sh -c "[ \"\$(systemctl show -P NRestarts dpdk-lo)\" = $2 ] &&
		[ \"\$(systemctl show -P ActiveState dpdk-lo)\" = active ]" || fail "is not started again"
	is MainPID "$1" && fail "is the same process"
	return 0
}

# step TEXT: where the time goes is good to know.
step()
{
	echo "$((SECONDS)) s: $*"
}
