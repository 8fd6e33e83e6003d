# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# A Debian of another release, or a clean one, in a directory: what check-versions and check-package
# share; sourced, with $top (the checkout), $me (the script's name) and $dir (where they go) set.
: "${top:?}" "${me:?}" "${dir:?}"

die()
{
	echo "$me: $*" >&2
	exit 1
}

# What only the machine itself has.
prepare()
{
	[ "$(id -u)" = 0 ] || die "needs root, for chroots: sudo devtools/$me"
	for tool in debootstrap apt-get git unshare; do
		command -v "$tool" >/dev/null || die "$tool is not installed: apt-get install debootstrap git util-linux"
	done
	mkdir -p "$dir"
	dir=$(CDPATH='' cd -- "$dir" && pwd -P)

	# Where this machine has its Debian from: every release lies below the same address.
	# shellcheck disable=SC2016 # apt's
	mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' 'Created-By: Packages' |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
	[ -n "$mirror" ] || die "this machine's apt sources name no Debian archive: there is nothing to make a Debian from"
}

# inside ROOT COMMAND...: in the chroot, with mounts and processes that end with the command.
inside()
{
	root=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount --pid --fork --kill-child -- sh -euc '
		root=$1
		shift
		mount --bind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount --rbind /sys "$root/sys"
		mount --rbind /dev "$root/dev"
		mount -t tmpfs -o mode=755 tmpfs "$root/run"
		mkdir -p "$root/run/lock"
		exec chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
	' inside "$root" "$@" </dev/null
}

# make_root ROOT RELEASE
make_root()
{
	root=$1
	[ ! -e "$root/.made" ] || return 0
	rm -rf --one-file-system "$root"
	# The host's way to the network is the chroot's.
	eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
	[ -z "${http_proxy:-}" ] || export http_proxy
	debootstrap --variant=minbase --include=ca-certificates "$2" "$root" "$mirror"
	apt-config dump | grep -i '^Acquire::.*proxy' >"$root/etc/apt/apt.conf.d/90proxy" || :
	inside "$root" apt-get -q update
	touch "$root/.made"
}

# The files of the checkout as they stand, with their times, so that ninja compiles what changed.
copy_sources()
{
	rm -rf "$1/src"
	mkdir -p "$1/src"
	(cd "$top" && git ls-files --cached --others --exclude-standard | while read -r file; do
		[ ! -e "$file" ] || printf '%s\n' "$file"
	done | tar -cf - -T -) | tar -xf - -C "$1/src"
}
