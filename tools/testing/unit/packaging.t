#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What tools/packaging has for Prometheus, Grafana and systemd: they read it without a
# complaint, each rule does what its example says, and there is no metric in it that
# the exporter has not. So has Documentation/metrics.md, and it has all of them. What
# DKMS is told to build, and for which kernels.

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
run "$top/tools/testing/dashboard.pl" "$prometheus/dashboard.json"
ok "the dashboard is JSON, and no panel covers another" [ "$status" = 0 ]
ok "it asks for something" [ "$(wc -l <"$work/out")" -gt 10 ]
# Each query is one: as the expression of a rule.
sed "s/'/''/g; s/.*/      - { record: x, expr: '&' }/" "$work/out" >"$work/queries"
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

conf=$top/tools/packaging/dkms/dkms.conf
# The file is a script, as DKMS takes it.
run bash -c 'kernel_source_dir=K dkms_tree=D; . "$0"; echo "${BUILT_MODULE_NAME[*]}"
	echo "${#BUILT_MODULE_LOCATION[*]} ${#DEST_MODULE_LOCATION[*]} ${#BUILT_MODULE_NAME[*]}"
	echo "$MAKE $CLEAN"' "$conf"
ok "DKMS keeps what src/Kbuild makes" [ "$(sed -n 1p "$work/out")" = \
	"$(sed -nE 's/^obj-.* [:+]?= //p' "$top/src/Kbuild" | sed 's/\.o\>//g' | xargs)" ]
ok "and knows of each where it is and goes" out_matches '^([0-9]+) \1 \1$'
ok "it does not ask which kernel runs" eval '! grep -q uname "$conf"'
expression=$(sed -n 's/^BUILD_EXCLUSIVE_KERNEL="\(.*\)"/\1/p' "$conf")
for kernel in 6.1.0-56-amd64 6.1-rc3 6.2.0 6.10.4-arm64 6.12.117+deb12-amd64 7.0.0 10.2.1; do
	ok "Linux $kernel will do" eval 'echo "$kernel" | grep -qE -e "$expression"'
done
for kernel in 6.0.19 5.10.0-30-amd64 5.19.17 4.19.0 3.2.0 2.6.32; do
	ok "Linux $kernel is too old" eval '! echo "$kernel" | grep -qE -e "$expression"'
done

done_testing
