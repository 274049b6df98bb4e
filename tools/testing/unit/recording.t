#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Recordings without a module: make_recording writes them through tmctl record's
# own writer, the sqlite3 shell looks at what is in them, and tmctl report and
# tmctl export read them. Figures that are expected are worked out by hand here.

. "$(dirname "$0")/lib.sh"

dir=$UNIT_OUT/recording
for needed in "$dir/make_recording" sqlite3; do
	if ! have "$needed"; then
		skip "recordings" "no $needed (Debian: apt install libsqlite3-dev sqlite3)"
		done_testing
	fi
done

# FILE [MAX-SIZE], the script is stdin
make_recording() {
	"$dir/make_recording" "$@" >"$work/out" 2>"$work/err"
	status=$?
}
report() { "$dir/tmctl-report" "$@"; }
export_() { "$dir/tmctl-export" "$@"; }
sql() { sqlite3 "$1" "$2" 2>&1; }
sql_is() {	# sql_is FILE QUERY WANTED
	got=$(sql "$1" "$2")
	[ "$got" = "$3" ] && return
	echo "# $2: '$got', not '$3'"
	return 1
}
# row KEY=VALUE KEY: of the object of stdout with that key, the value of another
row() {
	perl -MJSON::PP -ne '
		BEGIN { ($which, $key) = splice @ARGV, 0, 2; ($k, $v) = split /=/, $which }
		my $o = JSON::PP->new->utf8->canonical->decode($_);
		next unless defined $o->{$k} && $o->{$k} eq $v;
		print defined $o->{$key} ? $o->{$key} : "null";
		last' "$1" "$2" "$work/out"
}
row_is() {
	got=$(row "$1" "$2")
	[ "$got" = "$3" ] && return
	echo "# $1: $2 is '$got', not '$3'"
	return 1
}

# --- what is written ----------------------------------------------------------------
#
# From 10 s to 20 s by the clock, whose boot was 5 s before. 100 is older than the
# recording; 101 is its child, begins at 12 s and ends at 16 s, its exit told at
# 16.5 s; then 101 comes again.

golden=$work/golden.tmr
cat >"$work/golden.txt" <<'END'
meta begin_ns 10000000000
meta begin_boottime_ns 15000000000
meta begin_realtime_ns 1700000000000000000
meta interval_ns 1000000000
meta hostname box
meta command make -j8
commit 10000
1 1 100 3000 10000 1 500 100 4096000 sh
2 1 100 3000 11000 1 500 100 4096000 sh
3 1 100 3000 12000 1 500 100 4096000 sh
4 2 101 17000 12000 100 0 0 4096000 sh
5 3 101 17000 12500 100 10 0 8192000 cc1
6 1 100 3000 13000 1 500 100 4096000 sh
7 1 100 3000 14000 1 900 200 8192000 sh
8 1 101 17000 14000 100 910 600 16384000 cc1
9 1 100 3000 15000 1 900 200 8192000 sh
end 10 101 17000 16500 16000 100 2010 1000 768 cc1
11 1 100 3000 17000 1 900 200 8192000 sh
12 2 101 23000 18000 100 0 0 4096000 sh
13 1 101 23000 19000 100 - 0 - ld
loss 19000 0 7
loss 19500 1 2
complete 20000
END
make_recording "$golden" <"$work/golden.txt"
ok "a recording is made" [ "$status" = 0 ]
ok "it is one file" [ "$(echo "$work"/golden.tmr*)" = "$golden" ]
ok "application_id" sql_is "$golden" 'PRAGMA application_id' 1953329764
ok "user_version" sql_is "$golden" 'PRAGMA user_version' 1
ok "integrity" sql_is "$golden" 'PRAGMA integrity_check; PRAGMA foreign_key_check' ok
ok "schema" sql_is "$golden" "SELECT value FROM meta WHERE key = 'schema'" taskmonitor.recording/1
ok "all columns of a sample" sql_is "$golden" \
	"SELECT group_concat(name) FROM pragma_table_info('sample')" \
	"process,time_ns,seq,kind,state,cpu,threads,utime_ns,stime_ns,run_delay_ns,vsize_bytes,\
rss_bytes,peak_rss_bytes,swap_bytes,min_flt,maj_flt,nvcsw,nivcsw,read_bytes,write_bytes,\
rchar_bytes,wchar_bytes,cgroup_id,flags,comm"
ok "meta: complete, records, losses, how far it reaches" sql_is "$golden" \
	"SELECT group_concat(key || '=' || value) FROM meta WHERE key IN
	 ('complete', 'records', 'lost_records', 'dropped', 'missed_ticks', 'end_ns')" \
	"complete=1,dropped=2,end_ns=20000000000,lost_records=7,missed_ticks=0,records=13"
ok "three processes, one PID twice" sql_is "$golden" \
	"SELECT group_concat(pid || ':' || (start_time_ns / 1000000)) FROM process ORDER BY id" \
	"100:3000,101:17000,101:23000"
ok "a parent is a row" sql_is "$golden" \
	"SELECT count(*) FROM process c JOIN process p ON c.parent = p.id
	 WHERE c.pid = 101 AND p.pid = 100" 2
ok "a run without change is its first and its last" sql_is "$golden" \
	"SELECT group_concat(seq) FROM sample s JOIN process p ON s.process = p.id WHERE pid = 100" \
	"1,6,7,11"
ok "an end" sql_is "$golden" \
	"SELECT exit_time_ns, exit_code, final, last_ns, comm FROM process WHERE id = 2" \
	"16000000000|768|1|16000000000|cc1"
ok "unknown figures are NULL" sql_is "$golden" \
	"SELECT utime_ns IS NULL, stime_ns IS NULL, rss_bytes IS NULL, run_delay_ns IS NULL
	 FROM sample WHERE seq = 13" "1|1|1|1"
ok "known ones are not" sql_is "$golden" \
	"SELECT utime_ns, stime_ns, rss_bytes, state FROM sample WHERE seq = 8" \
	"910000000|600000000|16384000|S"
ok "names where they are new" sql_is "$golden" \
	"SELECT group_concat(seq || comm) FROM sample WHERE comm IS NOT NULL" "1sh,4sh,5cc1,12sh,13ld"
ok "losses" sql_is "$golden" \
	"SELECT group_concat((time_ns / 1000000) || what || count) FROM loss" \
	"19000lost_records7,19500dropped2"

# --- report ----------------------------------------------------------------------------

run report -j "$golden"
ok "report -j: exit code 0" [ "$status" = 0 ]
ok "report -j: JSON" out_is_json
ok "report -j: a line for all, one for each" out_lines 4
ok "summary: the span" row_is schema=taskmonitor.recording/1 span_ns 10000000000
ok "summary: what is said" row_is schema=taskmonitor.recording/1 command "make -j8"
ok "summary: what is not" row_is schema=taskmonitor.recording/1 kernel null
ok "summary: losses" row_is schema=taskmonitor.recording/1 lost_records 7
# 100 had used 600 ms before: 500 ms more.
ok "an older process: what it used meanwhile" row_is pid=100 cpu_ns 500000000
ok "an older process: when it began" row_is pid=100 start_offset_ns -12000000000
ok "an older process: how long it was there" row_is pid=100 elapsed_ns 10000000000
ok "an older process: percent" row_is pid=100 cpu_percent 5
ok "an older process: the most resident" row_is pid=100 peak_rss_bytes 8192000
ok "an older process: no end" row_is pid=100 exit_code null
ok "an older process: with its children" row_is pid=100 tree_cpu_ns 3510000000
ok "a new process: all it used" row_is start_time_ns=17000000000 cpu_ns 3010000000
ok "a new process: from when" row_is start_time_ns=17000000000 start_offset_ns 2000000000
ok "a new process: its wall clock" row_is start_time_ns=17000000000 start_realtime_ns 1700000002000000000
ok "a new process: to its exit" row_is start_time_ns=17000000000 elapsed_ns 4000000000
ok "a new process: how it ended" row_is start_time_ns=17000000000 exit_status 3
ok "the PID again: another process" row_is start_time_ns=23000000000 elapsed_ns 2000000000
ok "the PID again: an unknown end" row_is start_time_ns=23000000000 exit_code null
ok "never told: null" row_is pid=100 read_bytes null

# 100 gains 500 ms between 13 and 14 s. 101 gains 1500 ms from 12.5 to 14 s, and
# 1500 ms from there to its exit at 16 s.
run report -j --from 3.5 --to 5 "$golden"
ok "--from, --to: a half of a step" row_is pid=100 cpu_ns 250000000
ok "--from, --to: a half of one, a half of the next" row_is start_time_ns=17000000000 cpu_ns 1250000000
ok "--from, --to: how long" row_is start_time_ns=17000000000 elapsed_ns 1500000000
ok "--from, --to: not who came later" [ "$(row start_time_ns=23000000000 pid)" = "" ]
ok "--from, --to: not how it ended later" row_is start_time_ns=17000000000 exit_code null
run report -j --from 6.5 "$golden"
ok "--from: not who had gone" [ "$(row start_time_ns=17000000000 pid)" = "" ]
ok "--from: nothing used is 0" row_is pid=100 cpu_ns 0
sums=0
for second in 0 1 2 3 4 5 6 7 8 9; do
	run report -j --from $second --to $((second + 1)) "$golden"
	got=$(row start_time_ns=17000000000 cpu_ns)
	sums=$((sums + ${got:-0}))
done
ok "seconds sum up to the whole ($sums)" [ "$sums" = 3010000000 ]

run report "$golden"
ok "text: exit code 0" [ "$status" = 0 ]
ok "text: the most CPU time first" eval 'sed -n "/PID/{n;p;}" "$work/out" | grep -q "101 .*cc1$"'
ok "text: seconds, KiB, the exit" out_matches \
	'^ +101 +100 +[^ ]+ +2\.000 +4\.000 +2\.010 +1\.000 +3\.010 +75\.25 +- +16000 +- +- +3 +cc1$'
ok "text: what is lost" out_matches '^Lost records +7$'
run report --sort start -n 1 --csv "$golden"
ok "--sort start -n 1 --csv: two lines" out_lines 2
ok "--csv: a header" out_matches '^pid,ppid,uid,start_time_ns,'
ok "--sort start: the oldest" out_matches '^100,1,'
ok "--csv: unknown is empty" out_matches ',,'
run report --sort pid -j "$golden"
ok "--sort pid" [ "$(json 2 pid) $(json 3 pid) $(json 3 start_time_ns)" = "100 101 17000000000" ]
run report --sort rss -j "$golden"
ok "--sort rss" json_is 2 peak_rss_bytes 16384000
run report --tree "$golden"
ok "--tree: a child is indented" out_matches '  sh$'
ok "--tree: below its parent" eval 'sed -n "/PID/{n;p;}" "$work/out" | grep -q "^ *100 .* 3\.510 .* 3 .*sh$"'
sqlite3 "$golden" ".backup $work/circle.tmr"
sqlite3 "$work/circle.tmr" 'UPDATE process SET parent = 2 WHERE id = 1'
run timeout 10 "$dir/tmctl-report" --tree -j "$work/circle.tmr"
ok "--tree: parents in a circle, which no kernel makes" out_lines 4

# --- export ------------------------------------------------------------------------------

run export_ "$golden"
ok "export: a line for each sample" out_lines $((1 + $(sql "$golden" 'SELECT count(*) FROM sample')))
ok "export: in the order of the history" eval \
	'[ "$(tail -n +2 "$work/out" | cut -d, -f4)" = "$(tail -n +2 "$work/out" | cut -d, -f4 | sort -n)" ]'
ok "export: the name of that moment" out_matches '^2000000000,1700000002000000000,12000000000,4,"fork",101,101,100,1000,17000000000,.*"sh"$'
ok "export: the end" out_matches ',10,"exit",101,.*,768,16000000000,"cc1"$'
run export_ -F json "$golden"
ok "export json: JSON" out_is_json
ok "export json: null where unknown" row_is seq=13 utime_ns null
for suffix in csv json jsonl trace trace.json; do
	run export_ -o "$work/e.$suffix" "$golden"
	ok "export -o .$suffix: exit code 0" [ "$status" = 0 ]
done
ok "export -o: the name says how" eval 'head -c 7 "$work/e.csv" | grep -q offset_ &&
	cmp -s "$work/out" "$work/e.json"; head -c 9 "$work/e.jsonl" | grep -q "{.schema" &&
	cmp -s "$work/e.trace" "$work/e.trace.json"'
run export_ -j -o "$work/e.csv" "$golden"
ok "export -j: JSON, whatever the name" eval 'cmp -s "$work/e.csv" "$work/e.json"'
run export_ -o "$golden" "$golden"
ok "export -o: not over the recording" [ "$status" = 1 ]
ok "which is as it was" sql_is "$golden" 'SELECT count(*) FROM sample' 10

# The rules of the trace event format, as far as they touch what is in it.
cat >"$work/trace.pl" <<'END'
use strict; use warnings; use JSON::PP;
local $/;
my $t = JSON::PP->new->utf8->decode(scalar <STDIN>);
my (%seen, %last, %end, @wrong);
for my $e (@{ $t->{traceEvents} }) {
	my $ph = $e->{ph};
	$seen{$ph}++;
	push @wrong, "no $_ in $ph" for grep { !defined $e->{$_} } qw(pid tid name args);
	push @wrong, "$ph: ts" if $ph ne 'M' && !(defined $e->{ts} && $e->{ts} >= 0);
	push @wrong, "X: dur" if $ph eq 'X' && !(defined $e->{dur} && $e->{dur} >= 0);
	push @wrong, "i: scope" if $ph eq 'i' && $e->{s} !~ /^[gpt]$/;
	push @wrong, "M: $e->{name}" if $ph eq 'M' && $e->{name} !~ /^(process|thread)_name$/;
	push @wrong, "ph $ph" unless $ph =~ /^[MXCi]$/;
	$end{$e->{pid}} = $e->{ts} + $e->{dur} if $ph eq 'X';
	next unless $ph eq 'C';
	push @wrong, "C: no number" if grep { !/^[\d.]+$/ } values %{ $e->{args} };
	my $track = "$e->{pid} $e->{name}";
	push @wrong, "C: $track goes back" if defined $last{$track} && $e->{ts} < $last{$track};
	$last{$track} = $e->{ts};
}
push @wrong, "no $_" for grep { !$seen{$_} } qw(M X C i);
print "$_\n" for @wrong;
print "X $_->{pid} $_->{name} $_->{ts} $_->{dur}\n" for
	sort { $a->{ts} <=> $b->{ts} } grep { $_->{ph} eq 'X' } @{ $t->{traceEvents} };
# CPU seconds, by the counters: each value until the next one.
my (%at, %cpu);
for my $e (grep { $_->{ph} eq 'C' && $_->{name} eq 'CPU %' } @{ $t->{traceEvents} }) {
	my $before = $at{$e->{pid}};
	$cpu{$e->{pid}} += $before->[1] * ($e->{ts} - $before->[0]) / 1e8 if $before;
	$at{$e->{pid}} = [$e->{ts}, $e->{args}{usr} + $e->{args}{sys}];
}
printf "cpu %s %.3f\n", $_, $cpu{$_} for sort { $a <=> $b } keys %cpu;
END
perl "$work/trace.pl" <"$work/e.trace" >"$work/out" 2>"$work/err"
ok "trace: by a parser that is not ours, by the rules of its format" eval \
	'empty err && ! grep -vqE "^(X|cpu) " "$work/out"'
ok "trace: a process from before begins at 0" out_has "X 100 sh 0 10000000"
ok "trace: from start to exit" out_has "X 101 cc1 2000000 4000000"
ok "trace: the PID again is another track" out_has "X 4194307 ld 8000000 2000000"
ok "trace: the counter comes to the CPU time" out_has "cpu 101 3.010"
ok "trace: and of an older process to what it gained" out_has "cpu 100 0.500"

# --- names that anybody may choose -----------------------------------------------------------

hostile=$work/hostile.tmr
{
	cat <<-'END'
	meta begin_ns 10000000000
	meta begin_boottime_ns 10000000000
	END
	printf '1 1 7 11000 12000 1 1 1 4096 a"\\\033[2J\377,\n'
	printf 'meta command \033]0;x\007\377\n'
	echo "complete 13000"
} >"$work/hostile.txt"
make_recording "$hostile" <"$work/hostile.txt"
ok "a hostile name is recorded" [ "$status" = 0 ]
run report "$hostile"
ok "text: it does not reach the terminal raw" eval '! LC_ALL=C grep -q "[[:cntrl:]]" "$work/out"'
ok "text: it is shown" out_matches 'a"\\\?\[2J\?,$'
run report -j "$hostile"
ok "report: JSON" out_is_json
ok "report: escaped" json_is 2 comm '"a\"\\\u001b[2J\ufffd,"'
run export_ "$hostile"
ok "CSV: quoted" out_matches ',"a""\\\?\[2J\?,"$'
run export_ -F trace "$hostile"
ok "trace: JSON" perl -MJSON::PP -e 'local $/; JSON::PP->new->utf8->decode(<STDIN>)' <"$work/out"

# --- processes that may not be looked into --------------------------------------------------------

{
	sed -n 1,4p "$work/golden.txt"
	echo "1 1 50 16000 11000 1 100 0 4096 login"
	echo "denied 2 50 12000"
	echo "3 1 50 16000 13000 1 900 0 4096 secret"
	echo "complete 20000"
} >"$work/denied.txt"
make_recording "$work/denied.tmr" <"$work/denied.txt"
run report -j "$work/denied.tmr"
ok "denied: nothing of it from there on" row_is pid=50 cpu_ns 100000000
ok "denied: it ends there" row_is pid=50 elapsed_ns 1000000000
ok "denied: figures are NULL" sql_is "$work/denied.tmr" \
	'SELECT flags, cpu IS NULL, utime_ns IS NULL FROM sample WHERE seq = 2' "8|1|1"

# --- a crash, and reading meanwhile ------------------------------------------------------------

mkfifo "$work/fifo"
"$dir/make_recording" "$work/crash.tmr" <"$work/fifo" 2>"$work/err" &
writer=$!
exec 3>"$work/fifo"
sed -n 1,12p "$work/golden.txt" >&3
echo "commit 12600" >&3
echo "6 1 100 3000 13000 1 700 100 4096000 sh" >&3
# It has been committed when it can be seen.
for _ in $(seq 200); do
	[ "$(sql "$work/crash.tmr" "SELECT max(seq) FROM sample")" != 5 ] || break
	perl -e 'select undef, undef, undef, 0.05'
done
run report -j "$work/crash.tmr"
ok "while it is written: it can be read" row_is schema=taskmonitor.recording/1 records 5
ok "while it is written: up to the commit" row_is schema=taskmonitor.recording/1 span_ns 2600000000
ok "while it is written: not complete" row_is schema=taskmonitor.recording/1 complete 0
echo die >&3
exec 3>&-
wait $writer
ok "killed" [ $? = 137 ]
ok "after a crash: integrity" sql_is "$work/crash.tmr" 'PRAGMA integrity_check' ok
run report -j "$work/crash.tmr"
ok "after a crash: what was committed is there" row_is schema=taskmonitor.recording/1 records 5
ok "after a crash: and nothing else" row_is pid=100 cpu_ns 0
ok "after a crash: it lived on, unchanged" row_is pid=100 elapsed_ns 2600000000

# --- the bound --------------------------------------------------------------------------------

size_of() { cat "$1" "$1-wal" 2>/dev/null | wc -c; }
{
	sed -n 1,3p "$work/golden.txt"
	echo "end 1 900 15500 10100 10050 1 5 5 0 gone"
	echo "commit 10100"
} >"$work/bound.txt"
for processes in 1 50 400; do
	bound=$work/bound-$processes.tmr
	mkfifo "$work/fifo-$processes"
	"$dir/make_recording" "$bound" 2097152 <"$work/fifo-$processes" &
	exec 3>"$work/fifo-$processes"
	cat "$work/bound.txt" >&3
	greatest=0
	# Looked at between two steps, when the step before is committed.
	for step in 1 2 3 4 5 6 7 8; do
		echo "repeat $((20000 / processes)) $processes 100" >&3
		for _ in $(seq 400); do
			now=$(sql "$bound" "SELECT value FROM meta WHERE key = 'records'")
			[ "${now:-0}" != $((step * (20000 / processes) * processes + 1)) ] || break
			size=$(size_of "$bound")
			[ "$size" -le $greatest ] || greatest=$size
			perl -e 'select undef, undef, undef, 0.02'
		done
	done
	ok "bound: $processes processes: never larger ($greatest)" [ "$greatest" -le 2097152 ]
	ok "bound: $processes processes: a third of it is used" [ "$greatest" -ge 699050 ]
	evicted=$(sql "$bound" "SELECT value FROM meta WHERE key = 'evicted_samples'")
	left=$(sql "$bound" "SELECT count(*) FROM sample")
	ok "bound: $processes processes: each sample is there or counted" \
		[ $((evicted + left)) = $((8 * (20000 / processes) * processes + 1)) ]
	ok "bound: $processes processes: the latest are there" sql_is "$bound" \
		"SELECT max(seq) FROM sample" $((8 * (20000 / processes) * processes))
	ok "bound: $processes processes: whole from a moment on" sql_is "$bound" \
		"SELECT count(*) > 0 AND count(*) = $processes * count(DISTINCT time_ns) FROM sample
		 WHERE time_ns > (SELECT value FROM meta WHERE key = 'evicted_ns')" 1
	ok "bound: $processes processes: who ended long ago is gone" sql_is "$bound" \
		"SELECT count(*) FROM process WHERE pid = 900" 0
	echo "complete 999999999" >&3
	exec 3>&-
	wait
	ok "bound: $processes processes: integrity" sql_is "$bound" \
		'PRAGMA integrity_check; PRAGMA foreign_key_check' ok
done
make_recording "$work/idle.tmr" 1048576 <<'END'
meta begin_ns 1000000
repeat 10 100 10
idle 10000 100 10
complete 999999
END
ok "an idle machine fills nothing" sql_is "$work/idle.tmr" \
	"SELECT value FROM meta WHERE key = 'evicted_samples'" 0
ok "though it is told of" sql_is "$work/idle.tmr" \
	"SELECT value FROM meta WHERE key = 'records'" 1001000

# --- what is no recording ---------------------------------------------------------------------

refuses() {	# refuses FILE NAMED: by both programs, exit code 1, one line
	for program in report export; do
		run "$dir/tmctl-$program" "$1"
		ok "$program $(basename "$1"): exit code 1" [ "$status" = 1 ]
		ok "$program $(basename "$1"): says why" err_matches "^tmctl: $program: .*$(basename "$1"): .*$2"
		ok "$program $(basename "$1"): one line, nothing on stdout" eval 'err_lines 1 && empty out'
	done
}
refuses "$work/absent" "No such file"
refuses "$work" "Is a directory"
: >"$work/empty"
refuses "$work/empty" "empty: not a recording"
echo "this is a text of some length, and not a database" >"$work/text"
refuses "$work/text" "not a recording"
sqlite3 "$work/foreign" 'CREATE TABLE t(x); INSERT INTO t VALUES(1)'
refuses "$work/foreign" "not a recording"
cp "$golden" "$work/newer"
sqlite3 "$work/newer" 'PRAGMA user_version = 2'
refuses "$work/newer" "format 2"
sqlite3 "$golden" "VACUUM INTO '$work/damaged'"
perl -e 'open my $f, "+<", $ARGV[0] or die; seek $f, 4096, 0; print $f "\xff" x 20000' "$work/damaged"
refuses "$work/damaged" "damaged"
sqlite3 "$golden" "VACUUM INTO '$work/bare'"
sqlite3 "$work/bare" 'DROP TABLE sample'
refuses "$work/bare" "no such table"
run "$dir/tmctl-report" --device /nowhere "$golden"
ok "no device is needed" [ "$status" = 0 ]

# --- the command lines ---------------------------------------------------------------------------

wrong() {	# wrong NAMED PROGRAM ARG...
	named=$1 program=$2
	shift 2
	run "$dir/tmctl-$program" --device "$work/nowhere" "$@"
	ok "$program $* : exit code 2" [ "$status" = 2 ]
	ok "$program $* : names $named" err_matches "^tmctl: $program: .*$named"
	ok "$program $* : changes nothing" [ ! -e "$work/new.tmr" ]
}
wrong "no file" report
wrong "'b'" report a b
wrong "'x'" report --sort x "$golden"
wrong "'x'" report -n x "$golden"
wrong "'x'" report --from x "$golden"
wrong "not before" report --from 2 --to 1 "$golden"
wrong "not both" report -j --csv "$golden"
wrong "no file" export
wrong "'xml'" export -F xml "$golden"
wrong "no file" record -a
wrong "nothing to watch" record -o "$work/new.tmr"
wrong "not both" record -o "$work/new.tmr" -a -- true
wrong "not both" record -o "$work/new.tmr" -a -p 1
wrong "goes with" record -o "$work/new.tmr" -a -w
wrong "'x'" record -o "$work/new.tmr" -a -i x
wrong "'99us'" record -o "$work/new.tmr" -a -i 99us
wrong "'x'" record -o "$work/new.tmr" -a -d x
wrong "'1K'" record -o "$work/new.tmr" -a --max-size 1K
wrong "'x'" record -o "$work/new.tmr" -a --max-size x
wrong "'15'" record -o "$work/new.tmr" -a --ring 15
run report --from 1h "$golden"
ok "report --from behind the end: exit code 1" [ "$status" = 1 ]

# What fails leaves no file, and a file that is there as it was.
record() { "$dir/tmctl-record" --device "$work/nowhere" "$@"; }
run record -o "$work/new.tmr" -a
ok "no module: exit code 3" [ "$status" = 3 ]
ok "no module: no file" [ ! -e "$work/new.tmr" ]
run record -o "$work/new.tmr" -- touch "$work/touched"
ok "no module: the command is not run" [ "$status" = 3 -a ! -e "$work/touched" ]
cp "$golden" "$work/kept.tmr"
for file in kept.tmr:exists text:"no recording" foreign:"no recording"; do
	run record -o "$work/${file%%:*}" -a
	ok "over ${file%%:*}: refused" err_has "${file#*:}"
done
for file in text foreign; do
	run record -f -o "$work/$file" -a
	ok "over $file: refused with --force too" err_has "no recording"
done
run record -f -o "$work/kept.tmr" -a
ok "over a recording, with --force: as far as the module" [ "$status" = 3 ]
ok "which is as it was" cmp -s "$golden" "$work/kept.tmr"
run record -o "$work/no/such/directory" -a
ok "no directory: exit code 1 or 3" [ "$status" = 3 -o "$status" = 1 ]

for program in record report export; do
	run "$dir/tmctl-$program" --help
	ok "$program --help: exit code 0" [ "$status" = 0 ]
	ok "$program --help: usage, examples" eval 'out_has "Usage: tmctl $program" && out_has Examples:'
	ok "$program --help: nothing on stderr" empty err
	run "$dir/tmctl-$program" --version
	ok "$program --version" out_matches "^tmctl-$program [0-9.]+\$"
done
if [ -w /dev/full ]; then
	"$dir/tmctl-export" "$golden" >/dev/full 2>"$work/err"
	ok "export to a full disk: exit code 1" [ $? = 1 ]
	run export_ -o /dev/full "$golden"
	ok "export -o to a full disk: exit code 1" [ "$status" = 1 ]
fi
"$dir/tmctl-export" "$work/idle.tmr" 2>"$work/err" | head -n 1 >"$work/out"
ok "export | head: no complaint" empty err

done_testing
