#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl plot: recordings made by hand, what it makes of them, and what it says of
# what is none. PLOT=PATH tries another one than build/unit's.

# shellcheck disable=SC2016,SC2317,SC2154,SC3045  # perl's dollars, what ok calls, lib.sh's, dash has it
. "$(dirname "$0")/lib.sh"

PLOT=${PLOT:-$UNIT_OUT/plot/tmctl-plot}
plot() { "$PLOT" "$@"; }

if [ ! -x "$PLOT" ]; then
	echo "1..0 # SKIP tmctl-plot is not built: no libcairo2-dev or libsqlite3-dev"
	exit
fi
if ! have sqlite3; then
	echo "1..0 # SKIP no sqlite3"
	exit
fi
cd "$work" || exit

new() {	# new FILE: a recording of 10 s, with what stdin has
	rm -f "$1"
	{
		cat "$unit/recording.sql"
		echo "BEGIN; INSERT INTO meta VALUES('begin_ns', 1000000000000),
			('end_ns', 1010000000000), ('interval_ns', 100000000), ('complete', 1),
			('command', 'make'), ('cpus', 2), ('begin_realtime_ns', 1735689600000000000);"
		cat
		echo "COMMIT;"
	} | sqlite3 "$1" || echo "Bail out! sqlite3 failed"
}

sql() { sqlite3 "$@"; }

# cells FILE ARG...: offset and CPU time in ms of each cell, in one line
cells() {
	plot "$@" --csv | perl -ne '
		chomp; @f = split /,/; next if $. == 1;
		printf "%s%d:%d:%s", $n++ ? " " : "", $f[0], $f[1] / 1e6,
			$f[3] eq "" ? "" : $f[3] / 1e6'
}
rss_cells() {
	plot "$@" --csv | perl -ne '
		chomp; @f = split /,/; next if $. == 1;
		printf "%s%d:%d:%s", $n++ ? " " : "", $f[0], $f[1] / 1e6, $f[4]'
}
cells_are() { wanted=$1; shift; got=$(cells "$@"); [ "$got" = "$wanted" ] || { echo "# $got"; false; }; }
rss_are() { wanted=$1; shift; got=$(rss_cells "$@"); [ "$got" = "$wanted" ] || { echo "# $got"; false; }; }
# sum COLUMN FILE ARG...: of the figures
sum() {
	column=$1
	shift
	plot "$@" --csv | perl -F, -lane '$s += $F['"$column"'] if $. > 1; END { printf "%d", $s }'
}

# --- figures -------------------------------------------------------------------

# 1: there before, 5 s used; 3 s more in 4 s. 2: a millisecond's life between two
# samples. 3: nothing changed for 2 s, which is two samples; then it dies at 9 s.
new figures <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns, exit_time_ns, exit_code)
VALUES (1, 10, 1, 10, 'old', 1001000000000, 1005000000000, NULL, NULL),
       (2, 11, 2, 11, 'brief', 1006500000000, 1006501000000, 1006501000000, 9),
       (3, 12, 3, 12, 'idle', 1006000000000, 1009000000000, 1009000000000, 256);
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes, peak_rss_bytes)
VALUES (1, 1, 1001000000000, 0, 4000000000, 1000000000, 1000, 9000),
       (1, 2, 1003000000000, 1, 5000000000, 1000000000, 3000, 9000),
       (1, 3, 1005000000000, 1, 6000000000, 2000000000, 5000, 9000),
       (2, 4, 1006500000000, 2, 0, 0, NULL, NULL),
       (2, 5, 1006500200000, 3, 0, 0, NULL, NULL),
       (2, 6, 1006501000000, 4, 0, 0, NULL, NULL),
       (2, 7, 1006530000000, 5, 300000, 400000, NULL, 777216),
       (3, 8, 1006000000000, 1, 1000, 0, 4096, 4096),
       (3, 9, 1008000000000, 1, 1000, 0, 4096, 4096),
       (3, 10, 1008900000000, 4, 1000, 0, NULL, NULL),
       (3, 11, 1009100000000, 5, 100001000, 0, NULL, 4096);
END
ok "CPU time of each process, by seconds" cells_are "1:1000:500 1:2000:500 1:3000:1000 1:4000:1000 \
2:6000:0 2:7000:0 2:8000:100 3:6000:0.7" figures --bin 1s
ok "what was used before the first sample is left out" [ "$(sum 3 figures -p 10)" = 3000000000 ]
ok "a millisecond's life has its CPU time in its cell" cells_are "1:6500:0.7" figures -p 11 --bin 1ms \
	--from 6.4 --to 6.6
ok "none is used after the exit, whenever the last record came" \
	cells_are "1:6000:0 1:7000:0 1:8000:100" figures -p 12 --bin 1s
ok "memory is held until the next sample, or the end" rss_are "1:1000:1000 1:2000:1000 1:3000:3000 \
1:4000:3000" figures -p 10 --bin 1s
ok "until it is known no longer" rss_are "1:6000:4096 1:7000:4096 1:8000:3686" figures -p 12 --bin 1s
ok "a part of it: CPU time within alone" [ "$(sum 3 figures --from 2.5s --to 4500ms)" = 1750000000 ]
ok "whatever the cells are" [ "$(sum 3 figures --bin 123456789ns -s 2000x500)" = 3100700000 ]
ok "it is what SQL says" [ "$(sum 3 figures)" = "$(sql figures "SELECT sum(used) FROM (SELECT
	max(utime_ns + stime_ns) - min(utime_ns + stime_ns) AS used FROM sample GROUP BY process)")" ]
duration() { plot figures "$@" --csv | perl -F, -lane 'print($F[2]), exit if $. == 2'; }
ok "a cell is an interval long" [ "$(duration)" = 100000000 ]
ok "unless there are very few" [ "$(duration --from 6 --to 7)" = 2000000 ]
sql figures "UPDATE meta SET value = 20000000 WHERE key = 'interval_ns'"
ok "or more than there is room for" [ "$(duration -s 240x600) $(duration)" = "100000000 20000000" ]
sql figures "UPDATE meta SET value = 100000000 WHERE key = 'interval_ns'"
# Ticks late by up to 1.2 ms, on two CPUs: in each third interval a process is born
# which has one of them for the rest of it and leaves less to the other.
new ticks <<'END'
CREATE TEMP TABLE tick AS WITH RECURSIVE k(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM k WHERE j < 99)
	SELECT j, 1000033000000 + j * 100000000 + (j * 7 % 5) * 300000 AS ns FROM k;
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns)
SELECT 1, 70, 1, 70, 'all', 1000033000000, 1010000000000 UNION ALL
SELECT 10 + j, 100 + j, 10 + j, 100 + j, 'some', ns + 60000000, ns + 100000000 FROM tick WHERE j % 3 = 0;
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns)
SELECT 1, j, ns, 1, j * 200000000 - (j + 2) / 3 * 80000000, 0 FROM tick UNION ALL
SELECT 10 + j, 1000 + j, ns + 60000000, 2, 0, 0 FROM tick WHERE j % 3 = 0 UNION ALL
SELECT 10 + t.j, 2000 + t.j, n.ns, 1, 80000000, 0 FROM tick t JOIN tick n ON n.j = t.j + 1
	WHERE t.j % 3 = 0;
END
ok "samples and cells are of one time: no more CPUs than there are" [ "$(plot ticks --csv | perl -F, -lane '
	$c{$F[1]} += $F[3] / $F[2] if $. > 1; END { print scalar grep { $_ > 2.04 } values %c }')" = 0 ]
run plot figures --json
ok "JSON: exit code 0" [ "$status" = 0 ]
ok "JSON: objects" out_is_json
ok "JSON: the process" json_is 1 pid 10
ok "JSON: when it was started" json_is 1 start_time_ns 1
run plot figures -p 11 --json
ok "JSON: memory that is not known is null" json_is 1 rss_bytes null
run plot figures -p 11 --csv
ok "CSV: and empty" out_matches '^1,[0-9]+,[0-9]+,[0-9]+,,1,11,2,"brief"$'
run plot figures --csv -o both.svg
ok "figures and picture" [ "$status" = 0 -a -s both.svg -a -s out ]

# --- groups --------------------------------------------------------------------

# sh runs make, which runs two compilers with a child each; a PID is used twice.
new tree <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, parent, comm, first_ns, last_ns)
VALUES (1, 20, 1, 20, NULL, 'sh', 1000000000000, 1010000000000),
       (2, 21, 2, 21, 1, 'make', 1000000000000, 1010000000000),
       (3, 22, 3, 22, 2, 'gcc', 1000000000000, 1010000000000),
       (4, 23, 4, 23, 3, 'cc1', 1000000000000, 1010000000000),
       (5, 24, 5, 24, 2, 'gcc', 1000000000000, 1010000000000),
       (6, 22, 6, 22, 5, 'cc1', 1000000000000, 1010000000000);
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes)
SELECT id, id * 2, 1000000000000, 2, 0, 0, NULL FROM process UNION ALL
SELECT id, id * 2 + 1, 1010000000000, 1, id * id * 1000000, 0, 1024 FROM process;
END
ok "by process: six" [ "$(cells tree --bin 10s | wc -w)" = 6 ]
ok "by command: gcc, cc1 and two more" cells_are "1:0:52 2:0:34 3:0:4 4:0:1" tree --bin 10s -b command
ok "by tree: make's children; make and sh by themselves" \
	cells_are "1:0:61 2:0:25 3:0:4 4:0:1" tree --bin 10s --by=tree
ok "a PID that was used twice is two processes" cells_are "1:0:36 2:0:9" tree --bin 10s -p 22
ok "processes by name" cells_are "1:0:36 2:0:16" tree --bin 10s -C cc1
ok "the most important ones, and the rest" cells_are "1:0:36 2:0:25 3:0:30" tree --bin 10s -n 2
ok "a rest of one has its own name" cells_are "1:0:36 2:0:25 3:0:16 4:0:9 5:0:4 6:0:1" \
	tree --bin 10s -n 5
run plot tree -n 2 --bin 10s --csv
ok "the rest has no name" out_matches '^3,0,10000000000,30000000,[0-9]*,4,,,$'
sql tree "UPDATE process SET parent = 4 WHERE id = 1; UPDATE process SET parent = 3 WHERE id = 3"
run plot tree --by=tree --csv
ok "a ring of parents is none" [ "$status" = 0 -a "$(sum 3 tree --by=tree)" = 91000000 ]

new threads <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, thread, comm, first_ns, last_ns)
VALUES (1, 30, 1, 30, 0, 'whole', 1000000000000, 1010000000000),
       (2, 30, 1, 30, 1, 'one', 1000000000000, 1010000000000),
       (3, 41, 2, 40, 1, 'part', 1000000000000, 1010000000000),
       (4, 40, 2, 40, 1, 'main', 1000000000000, 1010000000000);
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes)
SELECT id, id * 2, 1000000000000, 1, 0, 0, 1024 FROM process UNION ALL
SELECT id, id * 2 + 1, 1010000000000, 1, id * 1000000, 0, 1024 FROM process;
END
ok "threads of a process that is there are not counted again" \
	[ "$(sum 3 threads --bin 10s)" = 8000000 ]
ok "memory of a process's threads counts once" [ "$(sum 4 threads --bin 10s)" = 2048 ]

# --- SVG -----------------------------------------------------------------------

new marks <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns, exit_time_ns, exit_code)
VALUES (1, 50, 1, 50, 'fine', 1000000000000, 1004000000000, 1004000000000, 0),
       (2, 51, 2, 51, 'failed', 1000000000000, 1005000000000, 1005000000000, 512),
       (3, 52, 3, 52, 'killed', 1000000000000, 1006000000000, 1006000000000, 137),
       (4, 53, 4, 53, 'unknown', 1000000000000, 1007000000000, 1007000000000, NULL),
       (5, 54, 5, 54, 'lives', 1000000000000, 1010000000000, NULL, NULL);
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes, peak_rss_bytes)
SELECT id, id * 2, 1000000000000, 1, 0, 0, 2097152, 2097152 FROM process UNION ALL
SELECT id, id * 2 + 1, last_ns, 1, 1500000000, 0, 2097152, 3145728 FROM process;
INSERT INTO loss VALUES (1002000000000, 'lost_records', 41), (1002000000000, 'lost_records', 1),
	(1008000000000, 'dropped', 7), (1003000000000, 'missed_ticks', 5);
END
well_formed() {
	if have xmllint; then
		xmllint --noout "$1" 2>>"$work/err"
	else
		perl -MXML::Parser -e 'XML::Parser->new->parsefile(shift)' "$1"
	fi
}
xml=
have xmllint || perl -MXML::Parser -e 1 2>/dev/null || xml="no xmllint, no XML::Parser"
ok_xml() {
	if [ "$xml" ]; then
		skip "$1: well-formed XML" "$xml"
	else
		ok "$1: well-formed XML" well_formed "$2"
	fi
}
# says FILE TEXT...: a text element with each of these
says() {
	file=$1
	shift
	for text in "$@"; do
		grep -qF ">$text</text>" "$file" || { echo "# no $text"; return 1; }
	done
}
count() { test "$(grep -c "$1" "$3")" "$2" "$4"; }

run plot marks -o marks.svg
ok "SVG: exit code 0" [ "$status" = 0 ]
ok "SVG: not a word" [ ! -s out -a ! -s err ]
ok_xml "SVG" marks.svg
ok "SVG: its size" grep -q '^<svg [^>]*width="1000" height="640" viewBox="0 0 1000 640"' marks.svg
ok "SVG: title, panels, axis" says marks.svg make "CPU, % of one CPU" "Resident memory" "Time (s)" \
	exits 0 5 10
ok "SVG: units" says marks.svg "50%" "2 MiB"
ok "SVG: legend" says marks.svg command PID "CPU time" "peak RSS" exit fine 50 "1.50 s" "3.00 MiB" \
	SIGKILL 2 -
ok "SVG: what the marks mean" says marks.svg "1 exited" "1 exited with a code other than 0" \
	"1 ended by a signal" "1 ended, unknown how"
# In two panels, in the lane, in the key: of exits with 0 and of unknown ones.
ok "SVG: a disc for each exit" count '<circle ' -eq marks.svg 8
ok "SVG: loss is said" grep -q '>42 records lost (hatched).*7 processes not watched.*5 times of' marks.svg
ok "SVG: and hatched" count 'stroke="#b3261e" stroke-width="0.8"' -ge marks.svg 20
ok "SVG: areas say what they are" \
	grep -qF '<title>killed, PID 52: CPU 1.50 s, peak RSS 3.00 MiB, exit SIGKILL</title>' marks.svg
run plot marks -o part.svg --from 2.5 --to 2.9
ok "no word of loss at other times" eval '[ "$status" = 0 ] && ! grep -q lost part.svg'
run plot marks -o one.svg --what=rss --title "a <title> & \"more\"" --clock
ok_xml "a title of markup" one.svg
ok "it is the title" says one.svg 'a &lt;title&gt; &amp; "more"'
ok "memory alone" eval '! grep -q "CPU, " one.svg'
ok "times of day" says one.svg 00:00:05 "Time of day (h:min:s)"
run plot marks -o lines.svg --lines --theme=dark
ok_xml "lines" lines.svg
# Two panels of five: a line each.
ok "a line for each process" count 'stroke-width="1.6"' -eq lines.svg 10

new gap <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns)
VALUES (1, 60, 1, 60, 'x', 1000000000000, 1010000000000);
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes)
VALUES (1, 1, 1000000000000, 1, 0, 0, 1024), (1, 2, 1003000000000, 1, 0, 0, NULL),
       (1, 3, 1007000000000, 1, 0, 0, 1024), (1, 4, 1010000000000, 1, 0, 0, 1024);
END
run plot gap -o gap.svg --lines --what=rss
ok "a line has a gap where nothing is known" count 'stroke-width="1.6"' -eq gap.svg 2
ok "and no figure either" [ "$(rss_cells gap --bin 1s | wc -w)" = 10 ]
ok "which is unknown, not 0" eval 'rss_cells gap --bin 1s | grep -q "1:2000:1024 1:3000: 1:4000: 1:5000: 1:6000: 1:7000:1024"'

# Ticks in a row do not run into each other, in seconds, minutes, hours, milliseconds.
labels_apart() {
	perl -ne 'push @{$row{$2}}, [$1, length $3]
		if /<text x="([\d.]+)" y="([\d.]+)"[^>]*text-anchor="middle">([\d:.]+)</;
		END { for my $r (values %row) { for (1 .. $#$r) {
			$n++; my ($a, $b) = @$r[$_ - 1, $_];
			die "$a->[0] $b->[0]\n" if $b->[0] - $a->[0] < 3.3 * ($a->[1] + $b->[1]) + 4 } }
		die "none\n" unless $n }' "$1" 2>>"$work/err"
}
for span in "0 10" "0 9.37" "3 3.001" "0.1 0.100004" "9.99 10"; do
	# shellcheck disable=SC2086  # two words
	set -- $span
	for size in 300x400 640x480 1920x800; do
		run plot gap -o ticks.svg --from "$1" --to "$2" -s $size
		ok "from $1 to $2 in $size: times stand apart" labels_apart ticks.svg
	done
	run plot gap -o ticks.svg --from "$1" --to "$2" --clock
	ok "from $1 to $2: times of day, too" labels_apart ticks.svg
done

# --- names that are chosen to harm -------------------------------------------------

new hostile <<'END'
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns)
SELECT value, 100 + value, value, 100 + value, x, 1000000000000, 1010000000000 FROM
(SELECT 1 AS value, '</text><script>' AS x UNION SELECT 2, '"&amp;<![CDATA[' UNION
 SELECT 3, CAST(x'1b5b33316d07' AS TEXT) UNION SELECT 4, CAST(x'fffe80c3' AS TEXT) UNION
 SELECT 5, CAST(x'efbfbeefb790' AS TEXT) UNION SELECT 6, char(0x202e) || 'gpj.exe' UNION
 SELECT 7, '' UNION SELECT 8, char(0x1f600));
UPDATE meta SET value = CAST(x'3c1b5d30efbfbf26ff' AS TEXT) WHERE key = 'command';
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes)
SELECT id, id * 2, 1000000000000, 1, 0, 0, 1024 FROM process UNION ALL
SELECT id, id * 2 + 1, 1010000000000, 1, 1000000000, 0, 1024 FROM process;
END
run plot hostile -o hostile.svg
ok "hostile names: a picture" [ "$status" = 0 ]
ok_xml "hostile names" hostile.svg
ok "no element of theirs" eval '! grep -q "<script\|CDATA\[[^<]*>\|$(printf "\033")" hostile.svg'
ok "they are shown as they are, as far as they can be" says hostile.svg '&lt;/text&gt;&lt;script&gt;' \
	'"&amp;amp;&lt;![CDATA[' '?[31m?' '?gpj.exe' '(no name)' '&lt;?]0?&amp;?'
for format in png pdf; do
	run plot hostile -o "hostile.$format"
	ok "hostile names: $format, too" [ "$status" = 0 -a -s "hostile.$format" ]
done
run plot hostile --json
ok "hostile names in JSON" out_is_json

# --- PNG and PDF ---------------------------------------------------------------

# png FILE: its size, and how many colours it has (8 bits, RGB or RGBA, no filter needed)
png() {
	perl -MCompress::Zlib -e '
		local $/; open my $f, "<:raw", shift or die; my $p = <$f>;
		substr($p, 0, 8) eq "\x89PNG\r\n\x1a\n" or die "no PNG\n";
		my ($at, $data, $end) = (8, "");
		while ($at < length $p) {
			my ($n, $type) = unpack "N a4", substr $p, $at, 8;
			my $body = substr $p, $at + 8, $n;
			crc32($type . $body) == unpack "N", substr $p, $at + 8 + $n, 4 or die "CRC\n";
			($w, $h, $bits, $kind) = unpack "N N C C", $body if $type eq "IHDR";
			$data .= $body if $type eq "IDAT";
			$end = 1 if $type eq "IEND";
			$at += 12 + $n;
		}
		$end && $bits == 8 or die "no end\n";
		my $raw = uncompress($data);
		my $bpp = $kind == 6 ? 4 : 3;
		my $line = $w * $bpp;
		length $raw == $h * ($line + 1) or die "length\n";
		my @up = (0) x $line;
		my %seen;
		for my $y (0 .. $h - 1) {
			my ($filter, @b) = unpack "C*", substr $raw, $y * ($line + 1), $line + 1;
			for my $i (0 .. $line - 1) {
				my $a = $i < $bpp ? 0 : $b[$i - $bpp];
				my $u = $up[$i];
				my $c = $i < $bpp ? 0 : $up[$i - $bpp];
				my $p = $a + $u - $c;
				my ($pa, $pb, $pc) = (abs $p - $a, abs $p - $u, abs $p - $c);
				my $paeth = $pa <= $pb && $pa <= $pc ? $a : $pb <= $pc ? $u : $c;
				$b[$i] = ($b[$i] + (0, $a, $u, ($a + $u) >> 1, $paeth)[$filter]) & 255;
			}
			@up = @b;
			$seen{join ",", @b[$_ * $bpp .. $_ * $bpp + 2]}++ for 0 .. $w - 1;
		}
		print "$w $h ", scalar(keys %seen), " ",
			join " ", map { $seen{$_} // 0 } @ARGV' "$@" 2>>"$work/err"
}
run plot figures -o a.png -s 420x400
ok "PNG: exit code 0" [ "$status" = 0 ]
read -r width height colours blue orange background <<END
$(png a.png 0,114,178 230,159,0 255,255,255)
END
ok "PNG: its size" [ "$width $height" = "420 400" ]
ok "PNG: letters, not boxes alone" [ "${colours:-0}" -gt 30 ]
ok "PNG: areas in the first two colours" [ "${blue:-0}" -gt 500 -a "${orange:-0}" -gt 200 ]
ok "PNG: on white" [ "${background:-0}" -gt 40000 ]
run plot figures -o - --format=png
ok "to standard output" eval '[ "$status" = 0 ] && cmp -s "$work/out" /dev/null; plot figures -o - -f png -s 420x400 | cmp -s - a.png'
run plot figures -o a.pdf
ok "PDF: one page" eval '[ "$status" = 0 ] && head -c 5 a.pdf | grep -q "^%PDF-" && tail -c 8 a.pdf | grep -q %%EOF'
if have pdftotext; then
	pdftotext -layout a.pdf a.txt
	ok "PDF: text" grep -q "Resident memory" a.txt
	ok "PDF: legend" grep -qE 'old +10 +3\.00 s +8\.79 KiB +-' a.txt
else
	skip "PDF: text" "no pdftotext"
fi

# --- thousands -----------------------------------------------------------------

new huge <<'END'
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
INSERT INTO process(id, pid, start_time_ns, tgid, comm, first_ns, last_ns, exit_time_ns, exit_code)
SELECT i, i, i, i, 'w' || (i % 50), 1000000000000 + i * 2000000, 1001990000000 + i * 2000000,
	1001990000000 + i * 2000000, 0 FROM n;
INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns, rss_bytes)
WITH RECURSIVE k(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM k WHERE j < 199)
SELECT id, id * 200 + j, first_ns + j * 10000000, iif(j, 1, 2), j * (id % 11) * 100003, j * 777,
	4096 * (id % 100 + j) FROM process, k;
END
run timeout 60 "$PLOT" huge -o huge.svg
ok "800000 samples of 4000 processes" [ "$status" = 0 ]
ok "as ever with a legend of nine" says huge.svg "3992 processes" others
ok "and every exit in its lane, once a place" [ "$(grep -c '<circle ' huge.svg)" -lt 600 ]
ok "the CPU time is what SQL says" [ "$(sum 3 huge)" = "$(sql huge "SELECT sum(used) FROM (SELECT
	max(utime_ns + stime_ns) AS used FROM sample GROUP BY process)")" ]
ok "so it is by command" [ "$(sum 3 huge --by=command -n 24)" = "$(sum 3 huge -n 1)" ]
small() { (ulimit -v "$1" && "$PLOT" huge -o huge.png); }
run small 200000
ok "in less than 200 MB of addresses" [ "$status" = 0 ]

# --- while it is written, and where nobody may write ----------------------------------

cp figures wal
sql wal "PRAGMA journal_mode = WAL" >/dev/null
mkfifo to_writer
sqlite3 wal <to_writer >writer.out 2>&1 &
exec 3>to_writer
echo "BEGIN IMMEDIATE; INSERT INTO sample(process, seq, time_ns, kind, utime_ns, stime_ns)
	VALUES (1, 99, 1006000000000, 1, 9000000000, 2000000000); SELECT 'written';" >&3
until grep -q written writer.out; do sleep 0.01; done
ok "while a writer is at it: what has been committed" [ "$(sum 3 wal)" = 3100700000 ]
echo "COMMIT; SELECT 'committed';" >&3
until grep -q committed writer.out; do sleep 0.01; done
ok "and when it has committed more: that, too" [ "$(sum 3 wal)" = 6100700000 ]
exec 3>&-
wait
mkdir closed
cp wal "closed/a?b#c%41"
chmod 555 closed
as_nobody() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --clear-groups "$@"; else "$@"; fi; }
chmod 755 "$work"
if as_nobody test -x "$PLOT" -a -x .; then
	run as_nobody "$PLOT" "closed/a?b#c%41" --csv
	ok "where nobody may write" [ "$status" = 0 -a "$(wc -l <out)" -gt 10 ]
	chmod 0 wal
	run as_nobody "$PLOT" wal --csv
	ok "what may not be read: exit code 4" [ "$status" = 4 ]
	chmod 644 wal
	run as_nobody "$PLOT" wal -o closed/a.svg
	ok "what may not be written: exit code 4" [ "$status" = 4 ]
	ok "and why" err_matches "^tmctl: plot: closed/a\.svg: Permission denied"
else
	skip "where nobody may write" "nobody cannot come here"
fi
chmod 755 closed

# --- the file that is written ----------------------------------------------------

echo old >kept.svg
chmod 640 kept.svg
cut() { (trap '' XFSZ; ulimit -f 1; "$PLOT" marks -o kept.svg); }
run cut
ok "a full disk: exit code 1" [ "$status" = 1 ]
ok "and why" err_matches "^tmctl: plot: kept\.svg: File too large"
ok "what was there still is" [ "$(cat kept.svg)" = old ]
ok "and nothing beside it" [ "$(echo kept.svg*)" = kept.svg ]
ln -s kept.svg link.svg
run plot marks -o link.svg
ok "through a link: the link stays" [ "$status" = 0 -a -h link.svg -a "$(wc -c <kept.svg)" -gt 1000 ]
ok "the file has the rights it had" [ "$(stat -c %a kept.svg)" = 640 ]
run plot marks -o /dev/full --format svg
ok "a device that is full: exit code 1" [ "$status" = 1 -a -c /dev/full ]
run plot marks -o - --format svg
ok "standard output is a picture" eval 'out | head -n 1 | grep -q "^<svg "'
run sh -c "$PLOT figures --csv >/dev/full"
ok "lost figures: exit code 1" [ "$status" = 1 ]
sh -c "$PLOT marks -o - --format svg 2>err.pipe; echo \$? >status.pipe" | true
ok "a reader that has seen enough is no failure" [ "$(cat status.pipe)" = 0 -a ! -s err.pipe ]
run plot marks -o nowhere/a.svg
ok "no such folder: exit code 1" [ "$status" = 1 ]
ok "and why" err_matches "^tmctl: plot: nowhere/a\.svg: No such file"
cp figures over.svg
run plot over.svg -o ./over.svg
ok "never over the recording" eval '[ "$status" = 2 ] && cmp -s figures over.svg'

# --- what is no recording ----------------------------------------------------------

refused() {	# refused STATUS PATTERN ARG...
	wanted=$1 pattern=$2
	shift 2
	run plot "$@"
	ok "$*: exit code $wanted" [ "$status" = "$wanted" ]
	ok "$*: why" err_matches "^tmctl: plot: $pattern"
	ok "$*: nothing is drawn" [ ! -e no.svg ]
}
refused 1 'none: No such file or directory$' none -o no.svg
refused 1 '\.: Is a directory$' . -o no.svg
refused 1 '/dev/null: not a regular file$' /dev/null -o no.svg
: >empty
refused 1 'empty: empty: not a recording, or one that ended' empty -o no.svg
echo "no database at all, but long enough to be taken for one, and longer than that" >text
cat text text text text text text text text >texts
refused 1 'texts: not a recording' texts -o no.svg
sqlite3 foreign "CREATE TABLE a(b)"
refused 1 'foreign: not a recording' foreign -o no.svg
cp figures newer
sql newer "PRAGMA user_version = 2"
refused 1 'newer: a recording of format 2, of which this tmctl knows 1' newer -o no.svg
cp figures poor
sql poor "ALTER TABLE sample DROP COLUMN rss_bytes"
refused 1 'poor: no such column: rss_bytes' poor -o no.svg
new nothing </dev/null
refused 1 'nothing: nothing is known of that time' nothing -o no.svg
sql nothing "UPDATE meta SET value = 1000000000000 WHERE key = 'end_ns'"
refused 1 'nothing: empty, nothing has been recorded yet' nothing -o no.svg
head -c 9000 huge >short
refused 1 'short: damaged: ' short -o no.svg

# --- the command line ----------------------------------------------------------------

refused 2 'no recording given'
refused 2 "unexpected argument 'b'" a b -o no.svg
refused 2 'where to\?' figures
refused 2 'no.gif: which format\?' figures -o no.gif
refused 2 'no: which format\?' figures -o no
refused 2 "unknown format 'gif'" figures -o no.svg -f gif
refused 2 "what is 'cpus'\?" figures -o no.svg -w cpus
refused 2 "by 'pid'\?" figures -o no.svg -b pid
refused 2 "unknown theme 'blue'" figures -o no.svg --theme=blue
refused 2 "invalid number of series '25' \(1 to 24\)" figures -o no.svg -n 25
refused 2 "invalid time '1x'" figures -o no.svg --from 1x
refused 2 '--from=2 is not before --to=1' figures -o no.svg --from 2 --to 1
refused 2 "invalid size '100x'" figures -o no.svg -s 100x
refused 2 "invalid size '99999x500'" figures -o no.svg -s 99999x500
refused 2 "--bin=1us: that is less than the picture can show" figures -o no.svg --bin 1us
refused 2 "no room for all of it in 240x240 \(try --size=240x[0-9]+" figures -o no.svg -s 240x240
refused 2 "invalid PID '0'" figures -o no.svg -p 10,0
refused 2 "--json or --csv, not both" figures --json --csv
refused 2 "picture and figures cannot both go to" figures --csv -o - -f svg
refused 1 'figures: no process 99 in it' figures -o no.svg -p 10,99
refused 1 'figures: no process whose name matches .\^ol\$. in it' figures -o no.svg -C '^ol$'
refused 2 "invalid expression '\('" figures -o no.svg -C '('
refused 1 "figures: --from=11: it is only 10.0 s long" figures -o no.svg --from 11
run plot figures -o small.svg -s 240x240
size=$(sed -n 's/.*--size=\([0-9x]*\).*/\1/p' err)
run plot figures -o small.svg -s "$size"
ok "the size that it told of is enough" [ "$status" = 0 ]
run plot none --json
ok "errors are objects with --json" eval '[ "$status" = 1 ] && out_is_json'
run plot --help
ok "help: exit code 0, to stdout" [ "$status" = 0 -a ! -s err ]
ok "help: options and examples" eval 'out_has "--by=WHOM" && out_has Examples:'
run env PATH="$(dirname "$PLOT"):$PATH" "$UNIT_OUT/tmctl/tmctl" plot figures -o by_tmctl.svg
ok "tmctl plot: the same" eval '[ "$status" = 0 ] && plot figures -o - -f svg | cmp -s - by_tmctl.svg'

done_testing
