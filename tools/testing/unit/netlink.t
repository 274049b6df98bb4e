#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The specification of the netlink family: against the schema that the kernel has
# for such, against the header that is made of it, and by the kernel's generators.

. "$(dirname "$0")/lib.sh"

spec=$top/Documentation/netlink/specs/taskmonitor.yaml
header=$top/include/uapi/linux/taskmonitor_netlink.h
CC=${CC:-gcc}

# The header by itself, and beside the other one.
printf '#include <linux/taskmonitor_netlink.h>\n#include <linux/taskmonitor.h>\nint x = TASKMONITOR_CMD_MAX;\n' \
	>"$work/both.c"
run $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$top/include/uapi" "$work/both.c"
ok "the header compiles, beside the other" [ "$status" = 0 ]

have_python() { have python3 && python3 -c "import $1" 2>/dev/null; }
if ! have_python yaml; then
	skip "the specification" "no python3-yaml"
	done_testing
	exit
fi

# Without the kernel's sources: every name and its number, by what is known of them.
cat >"$work/names.py" <<'END'
import re, sys, yaml

spec = yaml.safe_load(open(sys.argv[1]))
text = open(sys.argv[2]).read()

def numbers(names):
    found, value = {}, -1
    for name, given in names:
        value = int(given, 0) if given else value + 1
        found[name] = value
    return found

have = {}
for body in re.findall(r'^enum\s*\w*\s*{(.*?)^}', re.sub(r'/\*.*?\*/', '', text, flags=re.S), re.S | re.M):
    have.update(numbers(re.findall(r'^\s*(TASKMONITOR_\w+)(?: = (\d+))?,', body, re.M)))

def upper(*words):
    return '_'.join(['TASKMONITOR'] + list(words)).upper().replace('-', '_')

want = {}
for d in spec['definitions']:
    value = -1
    for i, e in enumerate(d['entries']):
        value = e.get('value', value + 1)
        want[upper(d['name'], e['name'])] = 1 << i if d['type'] == 'flags' else value
for s in spec['attribute-sets']:
    for i, a in enumerate(s['attributes']):
        want[upper('a', s['name'], a['name'])] = i + 1
for i, o in enumerate(spec['operations']['list']):
    want[upper('cmd', o['name'])] = i + 1

wrong = [f'{n}: {have.get(n)}, specified {want.get(n)}' for n in sorted(set(have) | set(want))
         if have.get(n) != want.get(n)]
print('\n'.join(wrong))
sys.exit(len(want) < 80 or bool(wrong))
END
run python3 "$work/names.py" "$spec" "$header"
ok "the header has each name and number of the specification, and no other" [ "$status" = 0 ]

kernel=""
for dir in /usr/src/linux-source-6.12 /usr/src/linux-source-*; do
	[ -n "$kernel" ] || [ ! -e "$dir/tools/net/ynl/ynl-gen-c.py" ] || kernel=$dir
done
if [ -z "$kernel" ]; then
	skip "the schema, and the generated header" "no kernel source in /usr/src that has ynl (apt install linux-source-6.12, unpacked)"
	done_testing
	exit
fi
if have_python jsonschema; then
	run python3 -c 'import sys, yaml, jsonschema
jsonschema.validate(yaml.safe_load(open(sys.argv[1])), yaml.safe_load(open(sys.argv[2])))' \
		"$spec" "$kernel/Documentation/netlink/genetlink.yaml"
	ok "the specification is valid by the kernel's schema" [ "$status" = 0 ]
	sed 's/type: u32/type: u33/' "$spec" >"$work/wrong.yaml"
	run python3 -c 'import sys, yaml, jsonschema
jsonschema.validate(yaml.safe_load(open(sys.argv[1])), yaml.safe_load(open(sys.argv[2])))' \
		"$work/wrong.yaml" "$kernel/Documentation/netlink/genetlink.yaml"
	ok "and a wrong one is not" [ "$status" != 0 ]
else
	skip "the schema" "no python3-jsonschema"
fi

# The generators want a kernel's tree around it, and the licence of the kernel's own.
tree=$work/tree
mkdir -p "$tree/Documentation/netlink/specs"
touch "$tree/MAINTAINERS"
cp "$kernel/Documentation/netlink/genetlink.yaml" "$tree/Documentation/netlink/"
sed '1s|: .*|: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)|' "$spec" \
	>"$tree/Documentation/netlink/specs/taskmonitor.yaml"
generate() { run python3 "$kernel/tools/net/ynl/ynl-gen-c.py" --spec "$tree/Documentation/netlink/specs/taskmonitor.yaml" "$@"; }
generate --mode uapi --header
ok "the generator takes it" [ "$status" = 0 ]
tail -n +2 "$work/out" >"$work/generated"
tail -n +2 "$header" >"$work/ours"
ok "and makes the header of it, but for its licence" cmp "$work/generated" "$work/ours"
generate --mode user --header -o "$work/user.h"
ok "and a client" eval '[ "$status" = 0 ] && grep -q "^struct taskmonitor_sample_get_req {" "$work/user.h"'
generate --mode kernel --source -o "$work/nl.c"
ok "and the kernel's policies, which are ours" eval '[ "$status" = 0 ] &&
	grep -q "\[TASKMONITOR_A_PROCESS_PID\] = NLA_POLICY_MIN(NLA_U32, 1)," "$work/nl.c" &&
	grep -q "\[TASKMONITOR_A_PROCESS_PID\] = NLA_POLICY_MIN(NLA_U32, 1)," "$top/src/frontend/netlink.c"'

done_testing
