#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# The documents against the sources, both ways: a name that is documented
# exists, and what exists is documented. The files themselves are held against
# a running kernel by selftests/abi.sh, whose lists are checked here.

use strict;
use warnings;
use Errno ();
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../../.." or die "$FindBin::Bin: $!";

sub slurp {
	my ($path) = @_;
	open my $fh, '<', $path or return '';
	local $/;
	return scalar <$fh>;
}

# lines(COMMAND...): what it prints
sub lines {
	open my $fh, '-|', @_ or die "$_[0]: $!";
	chomp(my @lines = <$fh>);
	return @lines;
}

sub without_comments { my ($c) = @_; $c =~ s{/\*.*?\*/|//[^\n]*}{}gs; return $c }
sub unique { my %seen; return grep { !$seen{$_}++ } @_ }

# patch_lines(TEXT, MARK): lines of the patches in a page that begin with MARK, without it
sub patch_lines {
	my ($text, $mark) = @_;
	return map { /^$mark(.*)$/mg } $text =~ /^```diff\n(.*?)^```/msg;
}

# none(WHAT, THING...): passes if there is none, else names each
sub none {
	my ($what, @things) = @_;
	ok(!@things, $what) or diag(map { "  $_\n" } sort(unique(@things)));
}

# same(WHAT, SAYS, IS): two lists, in any order, hold the same
sub same {
	my ($what, $says, $is) = @_;
	my (%says, %is);
	$says{$_}++ for @$says;
	$is{$_}++ for @$is;
	none($what, (map { "is there, not documented: $_" } grep { !$says{$_} } keys %is),
	     (map { "documented, not there: $_" } grep { !$is{$_} } keys %says),
	     (map { "documented twice: $_" } grep { $says{$_} > 1 } keys %says),
	     %is ? () : 'the test has found nothing to compare with');
}

my $header = slurp('include/uapi/linux/taskmonitor.h');
my $code = without_comments($header);
my $ioctl_md = slurp('Documentation/ioctl.md');
my $man4 = slurp('Documentation/man/taskmonitor.4');
my $man8 = slurp('Documentation/man/tmctl.8');
my @markdown = grep { -f } 'README.md', 'SECURITY.md', lines(qw(find Documentation -name *.md));
my @manpages = lines(qw(find Documentation/man -type f -name *.[1-9]));
my @abi_files = lines(qw(find Documentation/ABI -type f));
my @sources = lines(qw(find src -name *.[ch] -not -name *.mod.c -o -name Kbuild));
my %source = map { $_ => slurp($_) } @sources;

# --- the header -------------------------------------------------------------

my (%constant, %request, %struct);

while ($code =~ /^#define\s+(TM_\w+)[ \t]+((?:[^\n\\]|\\\n)+)/mg) {
	my ($name, $value) = ($1, $2);
	if ($value =~ /^_IO(\w*)\(TM_IOC_MAGIC,\s*(0x\w+)/) {
		$request{$name} = { direction => "_IO$1", number => $2 };
	} else {
		$constant{$name} = $value;
	}
}
while ($code =~ /^enum\s+\w+\s*\{(.*?)^\}/msg) {
	my $body = $1;
	$constant{$1} = $2 while $body =~ /(TM_\w+)\s*=\s*([^,]+)/g;
}

# A number, if the definition is one that is easily understood.
sub value_of {
	my ($text) = @_;
	$text =~ s/\s+$//;
	return $1 if $text =~ /^(\d+)U?L*$/;
	return 1 << $1 if $text =~ /^\(1U?L*\s*<<\s*(\d+)\)$/;
	return undef;
}

my %size = (__u64 => 8, __s64 => 8, __u32 => 4, __s32 => 4, __u16 => 2, __u8 => 1, char => 1);

# Fields at their natural alignment, as the compiler puts them.
sub layout {
	my ($body) = @_;
	my ($offset, $align, $union, @fields) = (0, 1, undef);
	for my $line (split /\n/, $body) {
		if ($line =~ /^\s*union\s*\{/) { $union = 0; next }
		if ($line =~ /^\s*\}\s*;/) { $offset += $union; $union = undef; next }
		next unless $line =~ /^\s*(?:(struct\s+\w+)|(\w+))\s+(\w+)(?:\[(\w+)\])?\s*;/;
		my ($type, $name, $count) = ($1 // $2, $3, $4);
		my $bytes = $size{$type} or die "type $type of $name is not known here";
		$align = $bytes if $bytes > $align;
		my $n = defined $count ? value_of($constant{$count} // $count) : 1;
		$offset += -$offset % $bytes;
		push @fields, { name => $name, offset => $offset,
				type => defined $count ? "$type\[$count]" : $type };
		if (defined $union) {
			$union = $bytes * $n if $bytes * $n > $union;
		} else {
			$offset += $bytes * $n;
		}
	}
	return { fields => \@fields, size => $offset + -$offset % $align };
}
while ($code =~ /^struct\s+(\w+)\s*\{\n(.*?)^\};/msg) {
	$struct{$1} = layout($2);
}

ok(%constant && %request && %struct, 'the header can be read');

# --- ioctl.md ---------------------------------------------------------------

# Sections by heading; each ends where the next of its level or above begins.
sub section {
	my ($text, $level, $title) = @_;
	my $mark = '#' x $level;
	return $text =~ /^\Q$mark $title\E\n(.*?)(?=^#{1,$level} |\z)/ms ? $1 : '';
}
sub table_rows { return map { [map { s/^\s+|\s+$//gr } split /(?<!\\)\|/] } $_[0] =~ /^\|(.*)\|$/mg }

my @named = $ioctl_md =~ /^\| `(TM_\w+)` \|/mg;
same('ioctl.md: tables of constants', [grep { !$request{$_} } @named], [keys %constant]);

# | `NAME` | value | ... |, or bit: the number of it
my @wrong;
for my $table ($ioctl_md =~ /((?:^\|[^\n]*\n)+)/mg) {
	my @rows = table_rows($table);
	next unless $rows[0][0] eq 'name';
	for my $row (@rows[2 .. $#rows]) {
		my ($name) = $row->[0] =~ /^`(\w+)`$/ or next;
		my $is = value_of($constant{$name} // '');
		next unless defined $is && $row->[1] =~ /^\d+$/;
		my $says = $rows[0][1] eq 'bit' ? 1 << $row->[1] : $row->[1];
		push @wrong, "$name is $is, not $says" if $is != $says;
	}
}
none('ioctl.md: their values', @wrong);

my %listed = map { $_->[0] =~ /^\[`(TM_\w+)`\]/ ? ($1 => $_->[1]) : () } table_rows($ioctl_md);
same('ioctl.md: table of requests', [map { "$_ $listed{$_}" } keys %listed],
     [map { "$_ $request{$_}{number}" } keys %request]);
same('ioctl.md: a section for each request', [$ioctl_md =~ /^## (TM_\w+)$/mg], [keys %request]);

for my $name (sort keys %request) {
	my $text = section($ioctl_md, 2, $name);
	my $r = $request{$name};
	is_deeply([$text =~ /^### (.*)$/mg],
		  ['Name', 'Synopsis', 'Arguments', 'Description', 'Return value', 'Errors', 'Example'],
		  "ioctl.md: $name has all its parts");
	like($text, qr/^Number $r->{number}, `$r->{direction}`\.$/m, "ioctl.md: $name, its number");
	# The errors that the header's comment above it tells of.
	my ($comment) = $header =~ m{/\*((?:(?!\*/).)*)\*/\s*(?:#define\s+TM_\w+\s[^\n]*\n)*?#define\s+$name\s}s;
	my $errors = section($text, 3, 'Errors');
	none("ioctl.md: $name, the errors that the header names",
	     grep { $errors !~ /`$_`/ } ($comment // '') =~ /\bE[A-Z0-9]{3,}\b/g);
}

none('ioctl.md: every error exists',
     grep { !Errno->EXISTS($_) } map { /`(E[A-Z0-9]+)`/g } $ioctl_md =~ /^\| (`E.*?) \|/mg);

for my $name (sort keys %struct) {
	my $text = section($ioctl_md, 3, "struct $name");
	my @says = map { join ' ', $_->[0], $_->[1] =~ s/`//gr, $_->[2] =~ s/`//gr }
		   grep { $_->[0] =~ /^\d+$/ } table_rows($text);
	my @is = map { "$_->{offset} $_->{name} $_->{type}" } @{ $struct{$name}{fields} };
	same("ioctl.md: struct $name, field by field", \@says, \@is);
	like($text, qr/^$struct{$name}{size} bytes\./m, "ioctl.md: struct $name, its size");
}
none('ioctl.md: no other struct', grep { !$struct{$_} } $ioctl_md =~ /^### struct (\w+)$/mg);

# --- names in all documents ---------------------------------------------------

my %known = map { $_ => 1 } keys %constant, keys %request,
	slurp('tools/lib/taskmonitor/taskmonitor.h') =~ /^#define\s+(TM_\w+)/mg;
for my $path (@markdown, @manpages, @abi_files) {
	my $text = slurp($path);
	$text =~ s/\\-/-/g;
	# A patch may bring what is not there yet.
	my %brought = map { $_ => 1 } map { /\bTM_[A-Z0-9_]+/g } patch_lines($text, qr/\+/);
	# TM_VALID_*: some name begins so
	none("$path: every TM_ name exists", grep {
		my $name = $_;
		$name =~ /_$/ ? !grep { index($_, $name) == 0 } keys %known : !$known{$name}
	} grep { !$brought{$_} } $text =~ /\b(TM_[A-Z0-9_]+)/g);
}
none('taskmonitor.4: every request', grep { $man4 !~ /\b$_\b/ } keys %request);

# --- rights.md, and the table that selftests/rights_walk.c walks ----------------

my $rights_md = slurp('Documentation/rights.md');
my $walk = slurp('tools/testing/selftests/rights_rows.h') =~ s/\\\n/\n/gr;
my @who = $walk =~ /^\s*WHO\("([^"]+)"/mg;
my %cell = ('+' => 'yes', 0 => '0', P => 'EPERM', A => 'EACCES', S => 'ESRCH');
my @columns = ('a' .. 'z')[0 .. $#who];
my @walked = map {
	my ($what, $cells) = @$_;
	join ' | ', $what, map { $cell{$_} // "'$_'" } split //, $cells;
} map { [/^"([^"]+)".*"([^"]+)"\)$/s] } $walk =~ /^\s*(?:FILE_|NL_)?ROW\((.*?"\))\s*$/msg;
my @documented = map { join ' | ', @$_ } grep { @$_ == @columns + 1 && $_->[0] !~ /^(what|-+)$/ }
	map { [map { s/^\s+|\s+$//gr } @{$_}[0 .. $#$_]] } table_rows($rights_md);
# The order of the tables is the document's own; within the rows nothing may differ.
is(join("\n", sort @documented), join("\n", sort @walked),
   'rights.md: every row as selftests/rights_walk.c tries it');
cmp_ok(scalar @walked, '>', 80, 'rights.md: which are many');
is_deeply([map { $_->[1] } grep { @$_ == 2 && $_->[0] =~ /^[a-z]$/ } table_rows($rights_md)], \@who,
	  'rights.md: the columns are the same people');
my @requests_walked = grep { $walk =~ /`$_`/ } keys %request;
same('rights.md: every request is in the table', \@requests_walked, [keys %request]);

# --- ABI entries --------------------------------------------------------------

my (%entry, @malformed);
my ($major, $minor, $patch) = map { $constant{"TM_VERSION_$_"} } qw(MAJOR MINOR PATCH);
is(`tools/version.sh`, "$major.$minor.$patch\n", 'version.sh tells the version of the header');

for my $path (@abi_files) {
	for my $text (split /^(?=What:)/m, slurp($path)) {
		my ($what) = $text =~ m{^What:\t+(/\S+)$}m;
		my $where = "$path: " . ($what // 'no What');
		push @malformed, "$where: no $_" for grep { $text !~ /^$_:\t*\n?\s*\S/m }
			qw(Date KernelVersion Contact Description);
		push @malformed, "$where: KernelVersion"
			unless $text =~ /^KernelVersion:\ttaskmonitor (\d+)\.(\d+)$/m
			       && ($1 < $major || ($1 == $major && $2 <= $minor));
		push @malformed, "$where: text outside of a field"
			if $text =~ /^(?!What:|Date:|KernelVersion:|Contact:|Description:|Users:|\t\t|$)/m;
		push @malformed, "$where: twice" if defined $what && $entry{$what};
		$entry{$what} = $text if defined $what;
	}
}
none('ABI: entries are well-formed', @malformed);

# Every file that the sources make => may it be read, written?
my %file;
my $all = join "\n", map { without_comments($source{$_}) } grep { /\.c$/ } @sources;
my $sysfs = without_comments($source{'src/frontend/sysfs.c'});
my ($device) = ($constant{TM_DEVICE_NAME} // '') =~ /"(\w+)"/;
$device //= '?';

sub mode_word { my ($mode) = @_; return oct($mode) & 0222 ? 'RW' : 'RO' }

$file{"/dev/$device"} = '';
$file{"/sys/kernel/$2"} = $1
	while $all =~ /kobj_attribute\s+\w+\s*=\s*__ATTR_(RO|RW|WO)\w*\((\w+)/g;
$file{"/sys/class/misc/$device/$2"} = $1
	while $all =~ /^\s*(?:static\s+)?DEVICE_ATTR_(?:ADMIN_)?(RO|RW|WO)\((?!_)(\w+)\)/mg;
# Macros of our own that make an attribute each.
while ($all =~ /#define\s+(TM_\w+)\(_name\b(?:[^\n\\]|\\\n|\\)*DEVICE_ATTR_(?:ADMIN_)?(RO|RW|WO)\(_name\)/g) {
	my ($macro, $word) = ($1, $2);
	my $rest = $all;	# its own place to go on from
	$file{"/sys/class/misc/$device/$1"} = $word while $rest =~ /^$macro\((\w+)/mg;
}
while ($all =~ /^module_param(\w*)\(([^;]*)\);/mg) {
	my @args = split /\s*,\s*/, $2;
	my $mode = $args[-1];
	$file{"/sys/module/$device/parameters/$args[0]"} = mode_word($mode) if oct $mode;
}
while ($all =~ /proc_create\w*\((\w+|"\w+"),\s*(0\d+),\s*NULL/g) {
	my ($name, $mode) = ($1, $2);
	($name) = join("\n", values %source) =~ /#define\s+$name\s+(".*?")/ unless $name =~ /^"/;
	$file{'/proc/' . $name =~ s/"//gr} = mode_word($mode);
}
my ($debugfs_dir) = $all =~ /debugfs_create_dir\("(\w+)"/;
$file{"/sys/kernel/debug/$debugfs_dir/$1"} = mode_word($2)
	while $all =~ /debugfs_create_file\w*\("(\w+)",\s*(0\d+)/g;
# In the directory of a named session, whatever that is called.
my ($subsystem) = $all =~ /\.ci_namebuf = "(\w+)"/;
$file{"/sys/kernel/config/$subsystem/NAME/$2"} = $1
	while $all =~ /^(?:static )?TM_DIR_(?:BIN_)?ATTR_(RO|RW)\((\w+)\);/mg;
my ($system) = join("\n", values %source) =~ /#define\s+TRACE_SYSTEM\s+(\w+)/;
for my $text (values %source) {
	$file{"/sys/kernel/tracing/events/$system/$1"} = ''
		while defined $system && $text =~ /^(?:TRACE_EVENT|DEFINE_EVENT)\(\s*(?:\w+,\s*)?(\w+),/mg;
}

# The table of attributes, counted another way.
my @attributes = $sysfs =~ /&dev_attr_(\w+)\.attr/g;
same('the sources: attributes that are made are registered',
     [map { m{^/sys/class/misc/\w+/(.*)} ? $1 : () } keys %file], \@attributes);

same('ABI: an entry for each file', [keys %entry], [keys %file]);
none('rights.md: every file of the module is in the table', grep {
	my ($name) = m{([^/]+)$};
	$rights_md !~ m{^\| (?:open|read|write) .*\b\Q$name\E\b}m;
} keys %file);
none('ABI: (RO) and (RW) as the modes are', grep {
	$file{$_} && defined $entry{$_} && $entry{$_} !~ /^Description:\s+\($file{$_}\)/m
} keys %file);

# Rows of the table in @text that has @word at its head.
sub rst_table {
	my ($text, $word) = @_;
	my ($rows) = $text =~ /^\t\t=+  =+\n\t\t\Q$word\E .*\n\t\t=+  =+\n((?:\t\t.*\n)+?)\t\t=+  =+$/m;
	return ($rows // '') =~ /^\t\t(\w+)/mg;
}

my ($show) = $source{'src/core/row.c'} =~ /^void tm_show_row\(.*?\n\{(.*?)^\}/ms;
my @keys;
for my $literal (($show // '') =~ /"((?:[^"\\]|\\.)*)"/g) {
	push @keys, $literal =~ /%/ ? $literal =~ /(\w+) (?:%|-)/g : $literal =~ /^ ?([a-z]\w*) ?$/;
}
my @abi_keys = rst_table($entry{'/proc/taskmonitor'} // '', 'key');
is_deeply(\@abi_keys, [unique(@keys)], 'ABI: keys of /proc/taskmonitor, in their order');
my ($commands) = $source{'src/frontend/procfs.c'} =~ /tm_commands\[\] = \{(.*?)^\}/ms;
my @commands = ($commands // '') =~ /\{\s*"(\w+)"/g;
same('ABI: commands of /proc/taskmonitor',
     [rst_table($entry{'/proc/taskmonitor'} // '', 'command')], \@commands);
same('ABI: requests of the device', [rst_table($entry{"/dev/$device"} // '', 'request')],
     [keys %request]);

my ($event, $entries) = join("\n", values %source) =~ /^TRACE_EVENT\((\w+),.*?TP_STRUCT__entry\((.*?)^\t\),/ms;
same('ABI: fields of the trace event',
     [rst_table($entry{"/sys/kernel/tracing/events/$system/$event"} // '', 'field')],
     [($entries // '') =~ /__(?:field|array)\((?:\w+), (\w+)/g]);

my $guide = slurp('Documentation/guide.md');
none('guide.md: every command of /proc/taskmonitor', grep { $guide !~ /^\| `$_\b/m } @commands);
none('guide.md: every key of it', grep { $guide !~ /`$_`/ } @abi_keys);
none('taskmonitor.4: every command of it', grep { $man4 !~ /^\.B\w* +$_\b/m } @commands);
for my $dir ("/sys/class/misc/$device", "/sys/module/$device/parameters",
	     "/sys/kernel/config/$subsystem/NAME") {
	my @names = map { m{^\Q$dir\E/(.*)} ? $1 : () } keys %file;
	none("guide.md: every file of $dir", grep { $guide !~ /^\| `$_\b/m } @names);
	none("taskmonitor.4: every file of $dir", grep { $man4 !~ /^\.[BI]\w* +$_\b/m } @names);
}

# --- abi.sh, which takes the same to the guest --------------------------------

my $abi_sh = slurp('tools/testing/selftests/abi.sh');
sub sh_list {
	my ($name) = @_;
	return $abi_sh =~ /^$name="(.*?)"$/ms ? split ' ', $1 : ();
}
same('selftests/abi.sh: the same files', [sh_list('paths')], [keys %entry]);
is_deeply([sh_list('keys')], \@abi_keys, 'selftests/abi.sh: the same keys');

# --- man pages ----------------------------------------------------------------

sub runs { return system("command -v $_[0] >/dev/null 2>&1") == 0 }

ok(@manpages >= 2, 'there are man pages');
for my $page (@manpages) {
	SKIP: {
		skip 'no man here', 1 unless runs('man');
		my $said = `LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l '$page' 2>&1 >/dev/null`;
		is($said, '', "$page: man has no complaint");
	}
	SKIP: {
		skip 'no groff here', 1 unless runs('groff');
		is(`groff -man -ww -z -Tutf8 '$page' 2>&1`, '', "$page: groff has no complaint");
	}
	like(slurp($page), qr/^\.TH [\w-]+ \d \d{4}-\d\d-\d\d "taskmonitor $major\.$minor"/m,
	     "$page: the version is the module's");
}

my @tmctl_sources = map { slurp($_) } glob('tools/tmctl/*.[ch]'), glob('tools/common/*.[ch]');
my @tmctl = map { /^\t\.name = "(\w+)"/mg } @tmctl_sources;
none('tmctl.8: every command', (map { "$_" } grep { $man8 !~ /^\.B[RI]? +$_\b/m } @tmctl),
     @tmctl ? () : 'no command found in tools/tmctl');
my @options = map { /^\tOPT_\w+\([^,]+, "([\w-]+)"/mg } @tmctl_sources;
(my $plain8 = $man8) =~ s/\\-/-/g;
none('tmctl.8: every option', (map { "--$_" } grep { $plain8 !~ /--\Q$_\E\b/ } @options),
     @options ? () : 'no option found in tools/tmctl');

# A companion of tmctl has its options in one table, in NAME.c or a NAME_*.c beside
# it, and a page of its own. What chooses processes is the same for all.
for my $path (grep { !m{^tools/(?:tmctl|common|lib)/} } glob('tools/*/*.c')) {
	my $source = slurp($path);
	my ($name) = $source =~ /^\t\.name = "(\w+)"/m or next;
	my ($page) = grep { -f } glob("Documentation/man/tmctl-$name.[1-9]");
	(my $plain = slurp($page // '')) =~ s/\\-/-/g;
	$source .= slurp($_) for glob($path =~ s/\.c$/_*.c/r);
	$source .= slurp('tools/common/selection.h') if $source =~ /^\tSELECTION_OPTS\(/m;
	my @own = $source =~ /^\tOPT_\w+\([^,]+, "([\w-]+)"/mg;
	none("tmctl-$name: its page has every option", (map { "--$_" } grep { $plain !~ /--\Q$_\E\b/ } @own),
	     @own ? () : "no option found in $path");
	my ($options) = $plain =~ /^\.SH OPTIONS\n(.*?)^\.SH /ms;
	my %own = map { $_ => 1 } @own, slurp('tools/common/options.c') =~ /^\tOPT_\w+\([^,]+, "([\w-]+)"/mg;
	none("tmctl-$name: every option of its page is there",
	     map { "--$_" } grep { !$own{$_} } ($options // '--none') =~ /--([\w-]+)/g);
}

# --- links and paths ------------------------------------------------------------

# The anchor that a heading gets.
sub anchors {
	my ($text) = @_;
	$text =~ s/^```.*?^```//msg;
	return map { lc s/[^\w\- ]//gr =~ s/ /-/gr } $text =~ /^#{1,6} (.*)$/mg;
}

my %built = map { $_ => 1 } qw(src/taskmonitor.ko tools/tmctl/tmctl);
for my $path (@markdown) {
	my $text = slurp($path);
	my ($dir) = $path =~ m{^(.*/)};
	my @broken;
	while ($text =~ /\]\(([^)\s]+)\)/g) {
		next if $1 =~ /^\w+:/;
		my ($to, $anchor) = split /#/, $1, 2;
		my $target = $to eq '' ? $path : ($dir // '') . $to;
		if (!-e $target) {
			push @broken, $1;
		} elsif (defined $anchor) {
			push @broken, "$to#$anchor" unless grep { $_ eq $anchor } anchors(slurp($target));
		}
	}
	none("$path: links lead somewhere", @broken);
	none("$path: files it names exist", grep { !-e && !$built{$_} }
	     map { s/[.,:]$//r } $text =~ m{(?<![\w/.\)\}-])((?:src|include|tools|Documentation)/[\w./-]*)}g);
}
# `FILE`: `function()`, `function()`: the file defines each of them.
for my $path (@markdown) {
	my ($text, @strangers) = slurp($path);
	while ($text =~ m{`((?:src|tools)/[\w./-]+)`:\s((?:`\w+\(\)`,?\s?)+)}g) {
		my ($file, $names) = ($1, $2);
		my $c = without_comments(slurp($file));
		push @strangers, map { "$file: $_()" } grep { $c !~ /^\w[^\n;(]*\b\Q$_\E\(/m }
			$names =~ /(\w+)\(/g;
	}
	none("$path: the functions are in the files where it says", @strangers);
}

# The examples that are whole programs compile without a warning.
SKIP: {
	skip 'no gcc here', 1 unless runs('gcc');
	my (@complaints, @compiled);
	for my $example (grep { /^int main\(/m } $ioctl_md =~ /^```c\n(.*?)^```/msg) {
		open my $fh, '|-', 'gcc -Wall -Wextra -Werror -fsyntax-only -Iinclude/uapi -x c -'
			or die "gcc: $!";
		print $fh $example;
		push @compiled, $example;
		close $fh or push @complaints, $example;
	}
	ok(@compiled >= 2 && !@complaints, 'ioctl.md: its programs compile');
}
none('design.md: every source of the module', grep {
	/\.c$/ && index(slurp('Documentation/design.md'), "`$_`") < 0
} @sources);

# --- make ------------------------------------------------------------------------

my %target = map { $_ => 1 } slurp('Makefile') =~ /^([a-z_]+):/mg;
for my $path (@markdown) {
	my $text = slurp($path);
	my $code = join "\n", $text =~ /^ {4}(.*)$/mg, $text =~ /`([^`\n]+)`/g;
	$code =~ s/^.*apt(-get)? install.*$//mg;	# make is a package, too
	my @targets = map { split ' ' } $code =~ /(?:^|[^\w-])make((?: +[a-z_]+)+)/mg;
	none("$path: make has the targets", grep { !$target{$_} } @targets);
}
none('README.md: demo, check, shell and help are told of',
     grep { slurp('README.md') !~ /`make $_`|make $_ / } qw(demo check shell help));
my @scripts = slurp('Makefile') =~ m{^\t@?(tools/\S+\.sh)}mg;
none('Makefile: the scripts it calls exist', grep { !-x } @scripts);

# --- the sources -------------------------------------------------------------------

none('src: every file says its licence', grep {
	(split /\n/, $source{$_}, 2)[0] !~ /SPDX-License-Identifier: GPL-2\.0-only/
} @sources);
like((split /\n/, $header)[0], qr/GPL-2\.0-only WITH Linux-syscall-note/, 'so does the header');
none('documents: every page says its licence', grep {
	slurp($_) !~ /SPDX-License-Identifier: GPL-2\.0-only/
} @markdown, @manpages);
my $objects = join ' ', $source{'src/Kbuild'} =~ /^(?:obj-m|obj-\$\(if .*?,m\)|taskmonitor\w*-\S+) [:+]= (.*)$/mg;
same('src/Kbuild: builds every source', [map { "src/$_.c" } $objects =~ m{\b([\w/]+)\.o\b}g],
     [(grep { /\.c$/ } @sources), 'src/taskmonitor.c', 'src/taskmonitor_configfs.c']);

done_testing();
