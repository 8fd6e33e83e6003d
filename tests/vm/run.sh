#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# usage: run.sh KERNEL-DIR PROGRAM [ARGUMENT...]
#
# Boots a Debian kernel in QEMU, without KVM, on this machine's own files (read-only for the guest, what
# it writes is gone afterwards), and runs PROGRAM there as root, by its path here: with tun, vhost-net
# and every other module, on a kernel that is not ours. Its output and exit code are run.sh's.
# KERNEL-DIR is where the kernel is kept between runs. Exit 77: not possible here, with a reason.
# DLO_VM_ROOT: the guest's files are those of another Debian, in this directory, and PROGRAM is a path there.
# DLO_VM_QEMU: more arguments for QEMU, words without blanks in them.
# DLO_VM_SYSTEMD: if not empty, the machine is systemd's, and PROGRAM runs as a service.
# DLO_VM_OUT: a directory that gets what PROGRAM has written into /run/vm/out, however it ended.
# DLO_VM_SECONDS: how long it may take, 200 if unset. DLO_VM_MEMORY: megabytes, 1536 if unset.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
PATH=$PATH:/usr/sbin:/sbin

skip()
{
	echo "$*"
	exit 77
}

[ $# -ge 2 ] || { echo "usage: $0 KERNEL-DIR PROGRAM [ARGUMENT...]" >&2; exit 2; }
kernel=$1
shift
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an x86-64 one"
[ "$(id -u)" = 0 ] || skip "not root: the guest would not be allowed to read this machine's files"
qemu=$(command -v qemu-system-x86_64) || skip "qemu-system-x86_64 is not installed (qemu-system-x86)"
busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1 ||
	skip "there is no busybox that needs no libraries (busybox-static)"
"$here/../../devtools/fetch-kernel.sh" "$kernel" || exit
kernel=$(realpath -- "$kernel")

T=$(mktemp -d) || exit 1
QEMU=
on_exit()
{
	[ -z "$QEMU" ] || kill "$QEMU" 2>/dev/null
	[ -z "${DLO_VM_OUT:-}" ] || cp -R "$T/share/out/." "$DLO_VM_OUT/"
	rm -rf "$T"
}
trap on_exit EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$T/share/out"
first=guest.sh
if [ -n "${DLO_VM_SYSTEMD:-}" ]; then
	[ -x "${DLO_VM_ROOT:-}/lib/systemd/systemd" ] || skip "systemd is not installed"
	first=guest_systemd.sh
fi
root=${DLO_VM_ROOT:-/}
program=$1
[ "$root" != / ] || program=$(realpath -- "$(command -v "$1")")
cp "$here/$first" "$T/share/guest" || exit 1
printf '%s\n' "$program" "${@:2}" >"$T/share/command"
"$here/make_initramfs.py" "$kernel" "$busybox" "$here/init.sh" "$T/initramfs" || exit 1

# TCG with a thread for each CPU. multidevs: files of other file systems below / keep apart.
# shellcheck disable=SC2086 # as many words as there are
"$qemu" -accel tcg,thread=multi -cpu max -smp 2 -m "${DLO_VM_MEMORY:-1536}" -nodefaults -no-reboot \
	-display none -serial "file:$T/console" -nic none \
	-kernel "$kernel/vmlinuz" -initrd "$T/initramfs" \
	-append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr random.trust_cpu=on" \
	-fsdev "local,id=root,path=${root//,/,,},security_model=none,readonly=on,multidevs=remap" \
	-device virtio-9p-pci,fsdev=root,mount_tag=root \
	-fsdev "local,id=kernel,path=${kernel//,/,,},security_model=none,readonly=on" \
	-device virtio-9p-pci,fsdev=kernel,mount_tag=kernel \
	-fsdev "local,id=share,path=$T/share,security_model=none" \
	-device virtio-9p-pci,fsdev=share,mount_tag=share \
	${DLO_VM_QEMU:-} 2>"$T/qemu" &
QEMU=$!
limit=$((SECONDS + ${DLO_VM_SECONDS:-200}))
while kill -0 "$QEMU" 2>/dev/null && [ "$SECONDS" -lt "$limit" ]; do
	sleep 0.2
done
if kill -0 "$QEMU" 2>/dev/null; then
	echo "the virtual machine was still at it after ${DLO_VM_SECONDS:-200} s"
	kill "$QEMU"
fi
wait "$QEMU"
QEMU=
cat "$T/share/output" 2>/dev/null
if [ ! -s "$T/share/code" ]; then
	echo "the virtual machine ended without a result; its console:"
	tail -n 30 "$T/qemu" "$T/console" 2>/dev/null
	exit 1
fi
exit "$(cat "$T/share/code")"
