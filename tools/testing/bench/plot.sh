#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: plot.sh RESULTS SVG
#
# Draws what one sample of all processes costs by their number, a line a method.

set -eu
[ $# = 2 ] || { echo "usage: plot.sh RESULTS SVG" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unit=$(grep -oE '"unit":"(instructions|ns)"' "$1" | head -n 1 | cut -d'"' -f4)
kernel=$(grep -oE '"kernel":"[^"]*"' "$1" | head -n 1 | cut -d'"' -f4)

# METHOD NAME COLOUR DASH MARK, from the dearest to the cheapest
lines="
pidstat|pidstat -u -r -d -w|#7f3b08|1|9
atop|atop|#b35806|1|11
top|top -b|#e08214|1|13
proc.four.open|/proc: stat, statm, io, schedstat|#5e3c99|1|5
proc.stat.open|/proc: stat alone|#9970ab|1|7
proc.stat.kept|/proc: stat alone, kept open|#9970ab|2|6
taskstats.pid|taskstats over netlink|#4d4d4d|1|8
bpf.all|BPF iterator, the same fields (whole system)|#1b7837|1|5
bpf.nine|BPF iterator, nine fields (whole system)|#5aae61|2|4
ours.system|taskmonitor: TM_BATCH, whole system|#2166ac|2|6
ours.batch|taskmonitor: TM_BATCH|#2166ac|1|7
ours.tick|taskmonitor: tick into the ring|#4393c3|1|5
ours.mmap|taskmonitor: out of the mapped ring, copied|#d6604d|1|9
ours.inplace|taskmonitor: out of the mapped ring, in place|#d6604d|2|8
"
"$here/table.pl" --tsv "$1" >"$work/tsv"
plots=""
while IFS='|' read -r method name colour dash mark; do
	[ -n "$method" ] || continue
	awk -F'\t' -v m="$method" '$1 == m { for (i = 3; i <= NF; i++) { sub(/:/, " ", $i); print $i } }' \
		"$work/tsv" >"$work/$method"
	[ -s "$work/$method" ] || continue
	plots+="${plots:+, }'$work/$method' using 1:2 with linespoints dashtype $dash"
	plots+=" linewidth 1.6 linecolor rgb '$colour' pointtype $mark pointsize 0.6 title '$name' noenhanced"
done <<<"$lines"

gnuplot <<END
set terminal svg size 1060,620 font 'sans-serif,13' background rgb 'white'
set output '$2'
set title "What one sample of all processes costs (Linux $kernel)"
set logscale xy
set xlabel 'sleeping processes of one thread each'
set ylabel '$unit a sample'
set format y '10^{%L}'
set xtics ('1' 1, '10' 10, '100' 100, '1000' 1000, '10 000' 10000)
set xrange [0.8:12500]
set grid xtics ytics linecolor rgb '#d0d0d0'
set key outside right top vertical Left reverse spacing 1.25 samplen 2.5
plot $plots
END
sed -i '1a <!-- SPDX-License-Identifier: GPL-2.0-only -->' "$2"
