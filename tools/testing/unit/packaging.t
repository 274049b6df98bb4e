#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What tools/packaging has for Prometheus, Grafana and systemd: they read it without a
# complaint, each rule does what its example says, and there is no metric in it that
# the exporter has not. So has Documentation/metrics.md, and it has all of them.

. "$(dirname "$0")/lib.sh"

prometheus=$top/tools/packaging/prometheus
systemd=$top/tools/packaging/systemd

if have promtool; then
	for what in "config $prometheus/prometheus.yml" "rules $prometheus/taskmonitor.rules.yml"; do
		# shellcheck disable=SC2086  # two words
		run promtool check $what
		ok "promtool check ${what%% *}" [ "$status" = 0 ]
	done
	run promtool test rules "$prometheus/taskmonitor.test.yml"
	ok "promtool test rules" [ "$status" = 0 ]
else
	skip "promtool check and test" "no promtool (prometheus)"
fi
alerts=$(sed -n 's/.* alert: //p' "$prometheus/taskmonitor.rules.yml")
ok "there are alerts" [ -n "$alerts" ]
for alert in $alerts; do
	ok "$alert: there is an example of when it comes" eval \
		'grep -A1 "alertname: $alert\$" "$prometheus/taskmonitor.test.yml" | grep -q exp_alerts:'
done
run perl -MJSON::PP -0777 -ne '
	my $d = JSON::PP->new->utf8->decode($_);
	my (%id, %at);
	for my $p (@{ $d->{panels} }) {
		die "id $p->{id} twice\n" if $id{$p->{id}}++;
		my $g = $p->{gridPos};
		for my $x ($g->{x} .. $g->{x} + $g->{w} - 1) {
			for my $y ($g->{y} .. $g->{y} + $g->{h} - 1) {
				die "$p->{title}: another is there\n" if $at{"$x $y"}++ || $x > 23;
			}
		}
		print "$_->{expr}\n" for @{ $p->{targets} };
	}' "$prometheus/dashboard.json"
ok "the dashboard is JSON, and no panel covers another" [ "$status" = 0 ]
ok "it asks for something" [ "$(wc -l <"$work/out")" -gt 10 ]
# Each query is one: as the expression of a rule, its variables filled in.
sed -e 's/\$__rate_interval/5m/g; s/\$top/5/g; s/\$[a-z]*/x/g' -e "s/'/''/g" \
	-e "s/.*/      - { record: x, expr: '&' }/" "$work/out" >"$work/queries"
printf 'groups:\n  - name: x\n    rules:\n' | cat - "$work/queries" >"$work/rules.yml"
if have promtool; then
	run promtool check rules "$work/rules.yml"
	ok "its queries are queries" [ "$status" = 0 ]
else
	skip "its queries are queries" "no promtool (prometheus)"
fi

# names FILE...: metrics that they name
names() { grep -ohE '(^|[^:a-z_])taskmonitor_[a-z_]+' "$@" | sed 's/^[^t]*//' | sort -u; }
"$UNIT_OUT/exporter_account" openmetrics | sed -n 's/^\(taskmonitor_[a-z_]*\)[{ ].*/\1/p' |
	sort -u >"$work/there"
ok "the exporter has metrics" [ "$(wc -l <"$work/there")" -gt 30 ]
names "$prometheus"/*.yml "$prometheus/dashboard.json" | grep -v '^taskmonitor_group_$' |
	comm -23 - "$work/there" >"$work/out"
ok "no rule or panel asks for another" empty out
sed -n 's/^| `\(taskmonitor_[a-z_]*\)`.*/\1/p' "$top/Documentation/metrics.md" | sort >"$work/documented"
comm -3 "$work/documented" "$work/there" >"$work/out"
ok "metrics.md has each, and no other" empty out

if have systemd-analyze; then
	sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$systemd/tmctl-exporter.service" \
		>"$work/tmctl-exporter.service"
	cp "$systemd/tmctl-exporter.socket" "$work"
	run systemd-analyze verify --man=no "$work/tmctl-exporter.service" "$work/tmctl-exporter.socket"
	ok "systemd-analyze has no complaint" eval '[ "$status" = 0 ] && empty err'
else
	skip "systemd-analyze has no complaint" "no systemd-analyze (systemd)"
fi
done_testing
