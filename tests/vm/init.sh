#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The first process of the virtual machine, from its initramfs: the host's root, read-only below a
# layer in memory, becomes ours; guest.sh goes on there.
PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do
	insmod "/m/$module"
done </m/order
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /lower
mount -t tmpfs tmpfs /upper
mkdir /upper/top /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/top,workdir=/upper/work overlay /new
mount -t tmpfs tmpfs /new/run
mkdir /new/run/vm /new/run/kernel
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 share /new/run/vm
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose kernel /new/run/kernel
for dir in dev sys proc; do
	mount -o move "/$dir" "/new/$dir"
done
exec switch_root /new /bin/bash /run/vm/guest
