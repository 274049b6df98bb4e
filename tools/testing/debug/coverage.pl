#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Which lines of the module did the tests on the KASAN kernels run? Prints a
# table by file, and is a test: most lines are to be reached (LINES_PCT), and
# what is not has a reason in unreached.txt.
#
# Run behind check.sh, whose results it reads: each coverage.tar.gz has the counts
# of one kernel, build/VERSION what gcov needs beside. With two kernels a line is
# reached if one of them did; a line that one of them does not compile is the other's.

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);

use constant LINES_PCT => 90;

my $here = dirname(abs_path($0));
my $top = abs_path("$here/../../..");
my %lines;	# file => { line => count }
my %of;		# file => [function of each line]
my $n = 0;

sub ok {
	my ($ok, $what) = @_;
	$n++;
	print $ok ? "" : "not ", "ok $n - $what\n";
}

sub read_gcov {
	my ($kver, $json) = @_;
	for my $file (@{decode_json($json)->{files}}) {
		# Of the kernel's headers we say nothing.
		next unless $file->{file} =~ m{(?:^|/)build/\Q$kver\E/(src/.+)$};
		my $name = $1;
		for my $line (@{$file->{lines}}) {
			my $at = $line->{line_number};
			$lines{$name}{$at} = ($lines{$name}{$at} // 0) + $line->{count};
		}
	}
}

# In which function is it? gcov does not say so of what was inlined everywhere.
sub function_at {
	my ($name, $at) = @_;
	unless ($of{$name}) {
		open(my $f, "<", "$top/$name") or die "$name: $!\n";
		my $function = "-";
		while (my $line = <$f>) {
			$function = $1 if $line =~ /^[a-z].*?(\w+)\(/;
			$of{$name}[$.] = $function;
		}
	}
	return $of{$name}[$at] // "-";
}

sub read_kernel {
	my ($results) = @_;
	my $kver = basename($results);
	my $work = tempdir(CLEANUP => 1);
	system("tar", "-C", $work, "-xzf", "$results/coverage.tar.gz") == 0
		or return;
	for my $gcda (split /\n/, `find $work -name '*.gcda'`) {
		(my $object = $gcda) =~ s{^\Q$work\E/(?:\./)?}{/};
		(my $gcno = $object) =~ s/\.gcda$/.gcno/;
		next unless -e $gcno;
		system("cp", $gcno, dirname($gcda)) == 0 or die "cp $gcno: $!\n";
		my $json = `cd $work && gcov --json-format --stdout $gcda 2>/dev/null`;
		read_gcov($kver, $json) if $json;
	}
}

# FILE FUNCTION: reason
sub read_reasons {
	my %reasons;
	open(my $f, "<", "$here/unreached.txt") or die "unreached.txt: $!\n";
	while (<$f>) {
		next if /^#|^\s*$/;
		/^(\S+) (\S+): (\S.*)$/ or die "unreached.txt:$.: not FILE FUNCTION: reason\n";
		$reasons{"$1 $2"} = $3;
	}
	return \%reasons;
}

read_kernel(dirname($_)) for glob("$top/build/results/*/coverage.tar.gz");
unless (%lines) {
	print "1..0 # SKIP no KASAN kernel was run: there is no coverage\n";
	exit;
}

my $reasons = read_reasons();
my ($all, $reached, %used) = (0, 0);
printf("# %-28s %6s %6s %6s\n", "file", "lines", "run", "%");
my @open;
for my $name (sort keys %lines) {
	my $l = $lines{$name};
	my @missed = grep { !$l->{$_} } sort { $a <=> $b } keys %$l;
	my $run = keys(%$l) - @missed;
	printf("# %-28s %6d %6d %6.1f\n", $name, scalar keys %$l, $run, 100 * $run / keys %$l);
	$all += keys %$l;
	$reached += $run;
	my %missed_in;
	push @{$missed_in{function_at($name, $_)}}, $_ for @missed;
	for my $function (sort keys %missed_in) {
		my $key = "$name $function";
		$used{$key} = 1;
		push @open, "$key: lines @{$missed_in{$function}}" unless $reasons->{$key};
	}
}
printf("# %-28s %6d %6d %6.1f\n", "all", $all, $reached, 100 * $reached / $all);
ok($reached >= $all * LINES_PCT / 100, "of the module's lines " . LINES_PCT . " % were run");
ok(!@open, "what was not has a reason in unreached.txt");
print "# $_\n" for @open;
print "# was run, and needs no reason any more: $_\n" for grep { !$used{$_} } sort keys %$reasons;
print "1..$n\n";
