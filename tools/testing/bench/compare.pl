#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Results of run.sh small against recorded ones. Speaks TAP.
#
# usage: compare.pl RESULTS RECORDED
#        compare.pl --record RESULTS RECORDED   make RECORDED from RESULTS
#
# A line of RECORDED is METHOD PROCESSES THREADS VALUE, the value that of one
# record or call. A figure that has grown by more than 5 % fails; one that has
# fallen so far is told of, for what it has gained could be lost again unseen.

use strict;
use warnings;
use JSON::PP;
use Test::More;

use constant LIMIT => 0.05;

# The module's own figures: what the kernel takes anyway is not ours to keep.
sub results {
	my ($path) = @_;
	my (%value, $kernel);
	open my $in, '<', $path or die "$path: $!\n";
	while (<$in>) {
		next unless /^\{/;
		my $r = decode_json($_);
		$kernel = $r->{kernel};
		next if $r->{method} =~ /^base\.|\.bare$/;
		$value{"$r->{method} $r->{processes} $r->{threads}"} = $r->{value} / $r->{records};
	}
	return ($kernel, \%value);
}

sub recorded {
	my ($path) = @_;
	my (%value, $kernel);
	open my $in, '<', $path or die "$path: $!\n";
	while (<$in>) {
		$kernel = $1 if /^# Linux (\S+)/;
		$value{$1} = $2 if /^([^#]\S* \d+ \d+) ([\d.]+)$/;
	}
	return ($kernel, \%value);
}

# judge(VALUE, RECORDED): grown, fallen or nothing
sub judge {
	my ($is, $was) = @_;
	return $is > $was * (1 + LIMIT) ? 'grown' : $is < $was * (1 - LIMIT) ? 'fallen' : '';
}

my $record = @ARGV && $ARGV[0] eq '--record' ? shift : 0;
die "usage: compare.pl [--record] RESULTS RECORDED\n" unless @ARGV == 2;
my ($kernel, $is) = results($ARGV[0]);
die "$ARGV[0]: no results\n" unless %$is;

if ($record) {
	open my $out, '>', $ARGV[1] or die "$ARGV[1]: $!\n";
	print $out "# What make check allows to grow by 5 %: instructions a record or call.\n",
		"# METHOD PROCESSES THREADS VALUE; make bench-record writes it anew.\n# Linux $kernel\n",
		map { sprintf "%s %.2f\n", $_, $is->{$_} } sort keys %$is;
	exit;
}

# It can fail.
is_deeply([map { judge($_, 100) } 94.9, 95.1, 100, 104.9, 105.1],
	  ['fallen', '', '', '', 'grown'], 'five percent are what is allowed');

my ($then, $was) = recorded($ARGV[1]);
diag("measured on $kernel, recorded on $then") if $kernel ne $then;
is_deeply([sort keys %$is], [sort keys %$was], 'what is measured is what is recorded');
for my $figure (sort grep { defined $is->{$_} } keys %$was) {
	my $how = judge($is->{$figure}, $was->{$figure});
	my $text = sprintf '%s: %.2f, recorded %.2f (%+.1f %%)', $figure, $is->{$figure},
		$was->{$figure}, 100 * ($is->{$figure} / $was->{$figure} - 1);
	ok($how ne 'grown', $text)
		or diag('if that is worth it: make bench-record, and say in the commit why');
	diag("$text: keep what was gained, make bench-record") if $how eq 'fallen';
}
done_testing();
