#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# In the virtual machine, as its first process, in guest.sh's place: gives the machine to systemd, which
# runs the test that run.sh was given as a service, with nothing of what else this host has enabled.
PATH=/usr/sbin:/usr/bin:/sbin:/bin

mkdir -p /run/lock /lib/modules
mount -t tmpfs tmpfs /lib/modules
ln -s "/run/kernel/lib/modules/$(uname -r)" "/lib/modules/$(uname -r)"
modprobe -a tun veth

# The host's own units stay away: what is below /etc, and what sysinit.target would pull in.
units=/etc/systemd/system
mount -t tmpfs tmpfs $units
mount --bind /dev/null /etc/fstab
for unit in /lib/systemd/system/sysinit.target.wants/* /lib/systemd/system/sockets.target.wants/*; do
	case "${unit##*/}" in
	systemd-journald*) ;;
	*) ln -s /dev/null "$units/${unit##*/}" ;;
	esac
done
cat >$units/test.service <<'UNIT'
[Unit]
Requires=basic.target
After=basic.target
SuccessAction=poweroff-immediate
FailureAction=poweroff-immediate

[Service]
Type=oneshot
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
ExecStart=/bin/bash -c 'readarray -t command </run/vm/command; "$${command[@]}" >/run/vm/output 2>&1; echo $$? >/run/vm/code; sync'
UNIT
exec /lib/systemd/systemd --unit=test.service --show-status=no
