#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl exporter in a virtual machine: its figures against loads that are known, the
# module going and coming under it, a page for two checkers, a real Prometheus. Then
# what a scrape costs, in instructions. The guest's parts, which speak TAP, are
# exporter-guest.sh and exporter-cost-guest.sh.
#
#	KERNEL=6.12	the kernel to try

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/testing/host/lib.sh
. "$here/lib.sh"

build_module
build_programs exporter
exporter=$programs/tmctl-exporter
gcc -O2 -static -o "$work/load" "$here/exporter-load.c"
ok "the load is built" test -x "$work/load"
gcc -static -o "$work/without" "$here/hide/without.c"
files=(--tmctl "$TMCTL" --file "$exporter:bin/tmctl-exporter" --file "$work/load")

# What the panels ask for, as an address has it.
"$testing/dashboard.pl" "$top/tools/packaging/prometheus/dashboard.json" |
	perl -pe 's/([^A-Za-z0-9_.~\n-])/sprintf "%%%02X", ord $1/ge' >"$work/queries"
files+=(--file "$work/queries")

prometheus=$(command -v prometheus)
mapfile -t libraries < <(with_libraries "$exporter" ${prometheus:+"$prometheus"})
relay "" -k "$kernel" --module "$MODULE" "${files[@]}" "${libraries[@]}" --file "$work/without" \
	${prometheus:+--file "$prometheus:bin/prometheus"} --exec "$here/exporter-guest.sh"
[ -n "$prometheus" ] || skip "Prometheus asks it" "no prometheus"

sed -n 's/^page: //p' "$work/guest" | tr -d '\r' >"$work/page"
ok "its page is OpenMetrics, by our own reading" "$testing/openmetrics.pl" "$work/page"

# In instructions: one a nanosecond, so CPU time is their number.
bench=$top/build/bench
make -s -C "$testing/bench" OUT="$bench" "$bench/crowd" >"$work/log" 2>&1
mapfile -t libraries < <(with_libraries "$exporter")
relay "" -k "$kernel" --module "$MODULE" "${files[@]}" "${libraries[@]}" --accel icount --cpus 1 \
	--file "$bench/crowd" --exec "$here/exporter-cost-guest.sh"
echo "1..$n"
