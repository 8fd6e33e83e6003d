# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# What run.sh and test.sh share; sourced, with $top (the checkout) and $me (the script's name) set.
: "${top:?}" "${me:?}"

die()
{
	echo "$me: $*" >&2
	exit 1
}

# sudo on Debian has /usr/sbin in PATH and puts the system's meson first; root's own shell may not.
PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
export PATH

# A build directory serves only the checkout, the meson and the DPDK that it was made for: one that
# was copied, moved or left over from another version is made anew.
build_is_ours()
{
	[ -f "$1/build.ninja" ] && [ -f "$1/meson-info/meson-info.json" ] &&
	python3 - "$1/meson-info/meson-info.json" "$top" "$(meson --version)" <<'PY'
import json, os, sys
info = json.load(open(sys.argv[1]))
same = os.path.realpath(info["directories"]["source"]) == os.path.realpath(sys.argv[2])
sys.exit(0 if same and info["meson_version"]["full"] == sys.argv[3] else 1)
PY
}

# A directory that meson did not make is not ours to remove.
make_room()
{
	[ -d "$1/meson-private" ] || [ -z "$(find "$1" -mindepth 1 ! -name build.log -print -quit)" ] ||
		die "$1 is in the way and no build directory of meson: move it elsewhere, then try again"
	rm -rf "$1"
	mkdir -p "$1"
}

# Options of ours that the directory lacks and packages that came since are taken in; what was
# looked for in vain before is looked for again.
reconfigure()
{
	dir=$1
	shift
	build_is_ours "$dir" && meson configure --clearcache "$dir" &&
		meson setup --reconfigure "$dir" "$top" "$@"
}

# build DIR TARGET [meson options]: configure if need be, compile. The log is shown when it fails.
# $nice, if it is set, is put in front of the compiling.
build()
{
	dir=$1
	target=$2
	shift 2
	mkdir -p "$dir" || die "cannot make the build directory $dir"
	log=$dir/build.log
	echo "== building in $dir"
	if ! reconfigure "$dir" "$@" >"$log" 2>&1; then
		make_room "$dir"
		meson setup "$dir" "$top" "$@" >"$log" 2>&1 || {
			tail -n 40 "$log" >&2
			die "meson cannot configure $dir (whole log: $log)"
		}
	fi
	# shellcheck disable=SC2086 # a command and its arguments
	${nice:-} ninja -C "$dir" "$target" >>"$log" 2>&1 || {
		tail -n 60 "$log" >&2
		die "the build failed (whole log: $log)"
	}
	give_back "$dir"
}

# What root builds in a user's checkout is the user's, so that plain ninja goes on working there.
give_back()
{
	owner=$(stat -c %u:%g "$top")
	[ "$owner" = 0:0 ] || chown -R -h "$owner" "$1"
}
