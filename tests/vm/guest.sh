#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# In the virtual machine, as its first process: makes a small system of it, runs the test that run.sh
# was given, leaves its exit code where run.sh looks for it, and switches the machine off.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/root LC_ALL=C
exec </dev/null >/dev/console 2>&1

end()
{
	sync
	echo o >/proc/sysrq-trigger
	sleep 60
}
trap end EXIT

mkdir -p /dev/shm /dev/pts /run/lock /lib/modules
# /tmp is the host's below a layer in memory: a checkout may lie there.
mount -t tmpfs tmpfs /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /lib/modules
ln -s "/run/kernel/lib/modules/$(uname -r)" "/lib/modules/$(uname -r)"
for fd in fd stdin stdout stderr; do
	[ -e /dev/$fd ] || ln -s "/proc/self/fd${fd#fd}" /dev/$fd
done
ln -sfn /proc/self/fd /dev/fd
modprobe -a tun vhost_net
ip link set lo up

readarray -t command </run/vm/command
"${command[@]}" >/run/vm/output 2>&1
echo $? >/run/vm/code
