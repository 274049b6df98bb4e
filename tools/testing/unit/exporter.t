#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# tmctl-exporter without the module: its command line, its text as two checkers see
# it, and its server among clients of bad manners. What it counts is tested by
# exporter_account and in a virtual machine (host/exporter.t).

. "$(dirname "$0")/lib.sh"

exporter=$UNIT_OUT/exporter/tmctl-exporter
checker=$top/tools/testing/openmetrics.pl
if [ ! -x "$exporter" ]; then
	skip "tmctl-exporter" "it is not built: no libmicrohttpd-dev"
	done_testing
fi

wrong() {	# wrong WHAT MESSAGE ARGUMENT...: is refused as wrong usage
	case=$1 message=$2
	shift 2
	run "$exporter" "$@"
	ok "$case: exit code 2" [ "$status" = 2 ]
	ok "$case: says why" err_has "$message"
	ok "$case: nothing on stdout" empty out
}

# --- the command line ---------------------------------------------------------------

run "$exporter" --help
ok "help: exit code 0" [ "$status" = 0 ]
ok "help: on stdout" out_has "Usage: tmctl exporter [OPTION]..."
ok "help: has examples" out_has "promtool check metrics"
ok "help: in 85 columns" eval '! grep -q ".\{86\}" "$work/out"'
run "$exporter" --version
ok "version" out_matches '^tmctl-exporter [0-9]+\.[0-9]+\.[0-9]+$'

wrong "an argument" "exporter: unexpected argument '1'" 1
wrong "by" "by 'pid': name, cgroup or user" --by=pid
wrong "groups" "invalid number of groups '0' (1 to 10000)" -g 0
wrong "processes" "invalid number of processes 'all'" --pids=all
wrong "interval" "interval '0.5' is not between 1s and 1h" --textfile x -i 0.5
wrong "interval of nothing" "--interval is for --textfile" -i 15s
wrong "depth" "invalid depth '0'" --by=cgroup --cgroup-depth=0
wrong "depth of no cgroup" "--cgroup-depth is for --by=cgroup" --cgroup-depth=3
wrong "mode" "invalid mode '888'" --unix x --mode 888
wrong "mode of TCP" "--mode is for --unix" --mode 600
wrong "two sockets" "--listen or --unix, not both" -l 1 --unix x
wrong "half of TLS" "--tls-cert and --tls-key go together" --tls-cert x
wrong "format" "format 'xml': openmetrics or text" --once --format=xml
wrong "format of a server" "--format is for --once" --format=text
wrong "once and a server" "--once serves nothing" --once -l 1
export TASKMONITOR_DEVICE="$work/none"
for address in :1 a:b:1 127.0.0.1: 127.0.0.1:65536 '[::1:1' 127.0.0.1:http; do
	run "$exporter" -l "$address"
	ok "address $address: refused" [ "$status" = 2 ]
	ok "address $address: says why" err_has "invalid address '$address'"
done
run "$exporter" --once
ok "--once without the module: exit code 3" [ "$status" = 3 ]
ok "--once without the module: what to do" err_has "is the module loaded?"
ok "--once without the module: nothing on stdout" empty out

# --- the text -------------------------------------------------------------------------

run "$UNIT_OUT/exporter_account" openmetrics
cp "$work/out" "$work/page"
run "$checker" "$work/page"
ok "hostile names: OpenMetrics, by our own reading" [ "$status" = 0 ]
cp "$work/page" "$work/out"
ok "a quote and a backslash are escaped" out_has 'group="quote\"back\\"'
ok "control characters are gone" out_has 'group="new?line???[2J"'
ok "invalid UTF-8 is gone" out_has 'group="??????"'
ok "valid UTF-8 stays" out_has 'group="grüß €"'
ok "seconds to the nanosecond" out_has \
	'taskmonitor_group_cpu_seconds_total{group="quote\"back\\",mode="user"} 1.500000000'
ok "the seventh of six is of the rest" out_has 'taskmonitor_group_processes{group="other"} 1'
ok "three processes by themselves" eval '[ "$(grep -c "^taskmonitor_process_cpu.*mode=\"user\"" "$work/out")" = 3 ]'
ok "the others are counted" out_has 'taskmonitor_processes_left_out 4'

# spoilt WHAT SCRIPT: the checker sees what this script of sed's does to the page
spoilt() {
	sed "$2" "$work/page" >"$work/spoilt"
	run "$checker" "$work/spoilt"
	ok "the checker sees $1" [ "$status" = 1 ]
}
spoilt "no end" '/^# EOF/d'
spoilt "a line behind the end" '$a x 1'
spoilt "a metric twice" '/^taskmonitor_up/p'
spoilt "no type" '/^# TYPE taskmonitor_up/d'
spoilt "a counter without its ending" 's/^taskmonitor_group_forks_total/taskmonitor_group_forks/'
spoilt "a family in two pieces" '/^# EOF/i # HELP taskmonitor_up again'
spoilt "no unit" '/^# UNIT taskmonitor_group_cpu_seconds/d'
spoilt "a quote too many" 's/"other"/"ot"her"/'
spoilt "a negative counter" 's/^\(taskmonitor_records_total\) .*/\1 -1/'

if have promtool; then
	"$UNIT_OUT/exporter_account" text >"$work/page"
	run sh -c 'promtool check metrics <"$1"' sh "$work/page"
	ok "the older format: promtool has no complaint" eval '[ "$status" = 0 ] && empty out && empty err'
else
	skip "the older format: promtool has no complaint" "no promtool (prometheus)"
fi

# --- the server --------------------------------------------------------------------------

http() { "$unit/http.pl" "$address" "$@" >"$work/out" 2>"$work/err"; }
code() { [ "$(head -n 1 "$work/out" | cut -d' ' -f2)" = "$1" ]; }
up() { http get && code 200 && out_has "taskmonitor_up 0"; }

begin() {	# begin ARGUMENT...: sets $server and $where it listens
	: >"$work/said"
	"$exporter" "$@" >"$work/said" 2>"$work/complained" </dev/null &
	server=$!
	until where=$(sed -n 's/^Listening on //p' "$work/said") && [ -n "$where" ]; do
		kill -0 $server 2>/dev/null || { cat "$work/complained"; return 1; }
		sleep 0.02
	done
}
end() {
	kill -"${1:-TERM}" $server
	wait $server
	ok "ends cleanly${1:+ by SIG$1}" [ $? = 0 ]
}

begin -l 127.0.0.1:0
address=${where#http://} address=${address%/metrics}
"$unit/http.pl" "$address" drip >"$work/drip" 2>&1 &
drip=$!
ok "says why there is nothing" grep -q "is the module loaded?" "$work/complained"
ok "up is 0 without the module" up
ok "the older format where none is asked for" out_has "Content-Type: text/plain; version=0.0.4"
http get /metrics "Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3"
ok "OpenMetrics where it is asked for" out_has "Content-Type: application/openmetrics-text; version=1.0.0"
sed '1,/^\r$/d' "$work/out" >"$work/page"
run "$checker" "$work/page"
ok "and so it is" [ "$status" = 0 ]
http get /
ok "a page for people" eval 'code 200 && out_has "href=\"/metrics\""'
http get /nowhere
ok "another path: 404" code 404
http get /metrics/../../etc/passwd
ok "a path with dots: 404" code 404
http raw 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n'
ok "POST: 405" eval 'code 405 && out_has "Allow: GET, HEAD"'
http raw 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
ok "HEAD: the headers alone" eval 'code 200 && out_has "Content-Length:" && ! out_has taskmonitor_up'
http raw 'GET /metrics HTTP/1.0\r\n\r\n'
ok "HTTP/1.0" code 200
http get /metrics "X: $(head -c 60000 /dev/zero | tr '\0' x)"
ok "a request of 60 KB: refused" eval 'code 431 || code 413'
http raw "GET /$(head -c 60000 /dev/zero | tr '\0' x) HTTP/1.1\\r\\n\\r\\n"
ok "a path of 60 KB: refused" eval 'code 414 || code 431'
http raw 'GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: x\r\n\r\n'
ok "a body is passed over, one request a connection" eval 'code 200 && [ "$(grep -c ^HTTP/ "$work/out")" = 1 ]'
http raw '\r\n\r\n\r\nrubbish\r\n\r\n'
ok "rubbish: no page" eval '! out_has taskmonitor_up'
http half
ok "a client that has shut its side down" code 200
http crowd 2000
ok "two thousand connections and a request" up
ok "its descriptors are few" [ "$(ls /proc/$server/fd | wc -l)" -lt 80 ]
run "$exporter" -l "$address"
ok "a port that is taken: exit code 1" [ "$status" = 1 ]
ok "a port that is taken: what to do" err_has "Address already in use (try another with --listen)"
wait $drip
ok "who sends a byte now and then is cut off after 20 s ($(cat "$work/drip"))" \
	eval '[ "$(cat "$work/drip")" -ge 19 ] && [ "$(cat "$work/drip")" -le 30 ]'
up
ok "and counted" out_has "taskmonitor_exporter_connections_cut_total 1"
end INT

address=$work/socket
begin --unix "$address" --mode 600
ok "a socket of the file system" eval '[ "$where" = "$address" ] && up'
ok "its mode" [ "$(stat -c %a "$address")" = 600 ]
run "$exporter" --unix "$address"
ok "a socket that is in use is left alone" eval '[ "$status" = 1 ] && up'
kill -KILL $server
wait $server 2>/dev/null
begin --unix "$address"
ok "one that was left behind is replaced" eval 'up && [ "$(stat -c %a "$address")" = 660 ]'
end
ok "and removed at the end" [ ! -e "$address" ]
: >"$work/file"
run "$exporter" --unix "$work/file"
ok "a file that is no socket stays" eval '[ "$status" = 1 ] && [ -f "$work/file" ]'

if have openssl; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$work/key" \
		-out "$work/cert" 2>/dev/null
	begin -l 127.0.0.1:0 --tls-cert "$work/cert" --tls-key "$work/key"
	address=${where#https://} address=${address%/metrics}
	printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' |
		openssl s_client -quiet -CAfile "$work/cert" -verify_return_error \
		-connect "$address" >"$work/out" 2>"$work/err"
	ok "TLS" eval 'code 200 && out_has "taskmonitor_up 0"'
	http get
	ok "not without" eval '! out_has taskmonitor_up'
	end
	run "$exporter" -l 127.0.0.1:0 --tls-cert "$work/key" --tls-key "$work/cert"
	ok "the wrong way round: refused" eval '[ "$status" = 1 ] && err_has "they do not make a server"'
else
	skip "TLS" "no openssl"
fi
run "$exporter" -l 127.0.0.1:0 --tls-cert "$work/none" --tls-key "$work/none"
ok "no certificate: says so" eval '[ "$status" = 1 ] && err_has "$work/none: No such file"'

# A socket that somebody else has opened, as systemd does: file descriptor 3.
perl -MIO::Socket::INET -MPOSIX -e '
	$^F = 10;
	my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:0", Listen => 5) or die;
	print $s->sockport, "\n";
	close STDOUT;
	POSIX::dup2(fileno $s, 3) if fileno $s != 3;
	$ENV{LISTEN_PID} = $$;
	$ENV{LISTEN_FDS} = 1;
	open STDOUT, ">", $ARGV[1];
	exec $ARGV[0] or die' "$exporter" "$work/said" >"$work/port" 2>"$work/complained" &
server=$!
until grep -q Listening "$work/said" && [ -s "$work/port" ]; do sleep 0.02; done
address=127.0.0.1:$(cat "$work/port")
ok "a socket by activation" eval 'up && grep -q "http://$address/metrics" "$work/said"'
end
run env LISTEN_FDS=1 LISTEN_PID=1 timeout 5 "$exporter" -l 127.0.0.1:x
ok "what was meant for another process is not taken" [ "$status" = 2 ]
run sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0"' "$exporter"
ok "one that does not listen: refused" eval '[ "$status" = 1 ] && err_has "one socket that listens"'

# --- the text file ---------------------------------------------------------------------------

file=$work/dir/tm.prom
mkdir "$work/dir"
"$exporter" --textfile "$file" -i 1 >"$work/said" 2>"$work/complained" </dev/null &
server=$!
until [ -s "$file" ]; do sleep 0.02; done
ok "a text file" grep -q '^taskmonitor_up 0' "$file"
first=$(stat -c %i "$file")
until [ "$(stat -c %i "$file")" != "$first" ]; do sleep 0.05; done
ok "again and again, each time another file in its place" grep -q '^taskmonitor_up 0' "$file"
ok "it serves nobody" [ ! -s "$work/said" ]
mv "$work/dir" "$work/away"
until grep -q "No such file or directory$" "$work/complained"; do sleep 0.05; done
mv "$work/away" "$work/dir"
until grep -q '^taskmonitor_exporter_textfile_failures_total [1-9]' "$file"; do sleep 0.05; done
ok "a directory that goes and comes back: complained about, counted" \
	[ "$(grep -c 'tm.prom: No such file' "$work/complained")" = 1 ]
end
ok "and nothing beside it" [ "$(ls -A "$work/dir")" = tm.prom ]
if have promtool; then
	run sh -c 'promtool check metrics <"$1"' sh "$file"
	ok "promtool has no complaint" eval '[ "$status" = 0 ] && empty out && empty err'
else
	skip "promtool has no complaint" "no promtool (prometheus)"
fi
cp "$file" "$work/before"
run sh -c 'ulimit -f 1; trap "" XFSZ; exec "$0" --textfile "$1"' "$exporter" "$file"
ok "no room for it: exit code 1, and why" eval '[ "$status" = 1 ] && err_has "tm.prom: File too large"'
ok "no room for it: the former text is whole, nothing beside it" \
	eval 'cmp -s "$file" "$work/before" && [ "$(ls -A "$work/dir")" = tm.prom ]'
run "$exporter" --textfile "$work/none/x.prom"
ok "no such directory: exit code 1" eval '[ "$status" = 1 ] && err_has "x.prom: No such file"'
done_testing
