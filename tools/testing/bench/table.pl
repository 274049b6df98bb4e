#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Results of guest.sh, a JSON object a line, as tables to be read:
#
# usage: table.pl [--tsv] FILE
#
# With --tsv what plot.sh draws: a line a method, whole samples by number of
# processes.

use strict;
use warnings;
use JSON::PP;

my $tsv = @ARGV && $ARGV[0] eq '--tsv' ? shift : 0;
die "usage: table.pl [--tsv] FILE\n" unless @ARGV == 1;

# $got{METHOD}{PROCESSES}{THREADS}: the object
my (%got, %any, $kernel, $unit);
open my $in, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$in>) {
	next unless /^\{/;
	my $r = decode_json($_);
	$got{$r->{method}}{$r->{processes}}{$r->{threads}} = $any{$r->{method}} = $r;
	$kernel = $r->{kernel};
	$unit = $r->{unit} if $r->{unit} =~ /^(instructions|ns)$/ && $r->{method} !~ /^cadence/;
}
die "$ARGV[0]: no results\n" unless $unit;

my @sizes = ([1, 1], [10, 1], [100, 1], [1000, 1], [10000, 1], [1, 64], [10, 64], [100, 64]);

sub one { my ($method) = @_; return $any{$method} ? $any{$method}{value} : undef }
sub whole { my ($method, $n, $threads) = @_; return $got{$method}{$n}{$threads // 1}{value} }
sub each_process {
	my ($method, $n, $threads) = @_;
	my $r = $got{$method}{$n}{$threads // 1} or return undef;
	return $r->{value} / ($r->{records} || 1);
}
sub less { my ($x, $y) = @_; return defined $x && defined $y ? $x - $y : undef }
sub ratio { my ($x, $y) = @_; return defined $x && $y ? $x / $y : undef }

sub percent_more {
	my $ratio = ratio(map { one($_) } @_);
	return defined $ratio ? 100 * ($ratio - 1) : undef;
}

# With a comma at each three digits: whole, or what a small one has behind the point.
sub number {
	my ($x) = @_;
	return '-' unless defined $x;
	my $text = abs($x) < 100 ? sprintf('%.1f', $x) : sprintf('%.0f', $x);
	1 while $text =~ s/^(-?\d+)(\d{3})/$1,$2/;
	return $text;
}

my @samplers = (
	['ours.tick', 'tick into the ring'],
	['ours.inplace', 'mapped ring, in place'],
	['ours.peek', 'mapped ring, peeked'],
	['ours.mmap', 'mapped ring, copied'],
	['ours.read', 'ring, by read()'],
	['ours.batch', 'TM_BATCH'],
	['ours.system', 'TM_BATCH, system'],
	['bpf.all', 'BPF iterator, all'],
	['bpf.nine', 'BPF iterator, nine'],
	['taskstats.pid', 'taskstats, a thread'],
	['taskstats.tgid', 'taskstats, a process'],
	['proc.stat.kept', '/proc stat, kept open'],
	['proc.stat.open', '/proc stat, opened'],
	['proc.four.kept', '/proc four, kept open'],
	['proc.four.open', '/proc four, opened'],
);
my @programs = (['top', 'top'], ['atop', 'atop'], ['pidstat', 'pidstat']);

if ($tsv) {
	for (@samplers, @programs) {
		my ($method, $name) = @$_;
		my @points = map { [$_->[0], whole($method, $_->[0])] } grep { $_->[1] == 1 } @sizes;
		print join("\t", $method, $name, map { "$_->[0]:$_->[1]" } grep { defined $_->[1] } @points), "\n";
	}
	exit;
}

sub heading { print "\n$_[0]\n\n" }

print "Linux $kernel, ", $unit eq 'instructions'
	? "virtual time: a nanosecond is an instruction\n" : "nanoseconds\n";

heading("One process, one call ($unit, and times the refused ioctl)");
my $refused = whole('base.refused', 1);
printf "  %-28s %12s %7s %12s %7s\n", '', '1 thread', '', '64 threads', '';
for (['base.getppid', 'getppid'], ['base.refused', 'ioctl, refused'],
     ['ours.get16', 'TM_GET, 16 bytes'], ['ours.get', 'TM_GET, all of it'],
     grep { $_->[0] =~ /^(taskstats|proc)/ } @samplers) {
	my ($method, $name) = @$_;
	my @cells = map {
		my $value = whole($method, 1, $_);
		(number($value), $value && $refused ? sprintf('%.1fx', $value / $refused) : '')
	} 1, 64;
	printf "  %-28s %12s %7s %12s %7s\n", $name, @cells;
}

heading("One process of N ($unit a process)");
printf "  %-22s" . ' %9s' x @sizes . "\n", 'N x threads',
	map { $_->[0] . ($_->[1] > 1 ? "x$_->[1]" : '') } @sizes;
for (@samplers) {
	my ($method, $name) = @$_;
	printf "  %-22s" . ' %9s' x @sizes . "\n", $name,
		map { number(each_process($method, @$_)) } @sizes;
}

heading("The whole system, one sample of everything (thousand $unit)");
printf "  %-22s" . ' %9s' x @sizes . "\n", 'N x threads',
	map { $_->[0] . ($_->[1] > 1 ? "x$_->[1]" : '') } @sizes;
for (['ours.system', 'TM_BATCH, system'], ['bpf.all', 'BPF iterator, all'],
     ['bpf.nine', 'BPF iterator, nine'], @programs) {
	my ($method, $name) = @$_;
	printf "  %-22s" . ' %9s' x @sizes . "\n", $name, map {
		my $value = whole($method, @$_);
		number(defined $value ? $value / 1000 : undef)
	} @sizes;
	next unless $got{"$method.start"};
	printf "  %-22s" . ' %9s' x @sizes . "\n", '  to start it, once', map {
		my $value = whole("$method.start", @$_);
		number(defined $value ? $value / 1000 : undef)
	} @sizes;
}

heading("A process that ends ($unit)");
my @exits = (
	['fork, exit and wait of a child', one('fork.bare')],
	['  more with a session that lists another', less(one('fork.list'), one('fork.bare'))],
	['vfork, exit and wait of a child', one('exit.bare')],
	['  more with a session that lists another', less(one('exit.list'), one('exit.bare'))],
	['  more with its exact end recorded and read', less(one('exit.ours'), one('exit.bare'))],
	['  more with all its life recorded and read', less(one('exit.life'), one('exit.bare'))],
	['  more with taskstats\' message received', less(one('exit.taskstats'), one('exit.peers.bare'))],
	['  more with process accounting, read', less(one('exit.acct'), one('exit.peers.bare'))],
	['end of one on a list: its exact record, read', one('end.record')],
);
printf "  %-46s %12s\n", $_->[0], number($_->[1]) for @exits;

heading("At rest ($unit)");
printf "  %-46s %12s\n", @$_ for (
	['a loop, module not loaded', number(one('idle.none'))],
	['  more with it loaded', number(less(one('idle.loaded'), one('idle.none')))],
	['  more with a stopped session of 1000', number(less(one('idle.stopped'), one('idle.none')))],
	['one tick of one process: interrupt, switches, all', number(one('idle.tick'))],
);

heading('Memory (bytes)');
printf "  %-46s %12s\n", @$_ for (
	['the module', number(one('memory.module'))],
	['a session, its ring of 1024 included', number(one('memory.session'))],
	['a place in the ring', number(one('memory.record'))],
	['a process in a session', number(one('memory.target'))],
	['four files of /proc kept open, a process', number(one('memory.kept'))],
);

if (defined one('cadence.ticks')) {
	heading('Keeping time at 1 kHz');
	printf "  %-46s %12s\n", @$_ for (
		['among 16 busy loops: deadlines missed, percent', number(one('cadence.missed'))],
		['  a poller over /proc missed, percent', number(one('cadence.poller.missed'))],
		['  latest, us', number(one('cadence.latest') / 1000)],
		['busy CPU: steps within 10 % of time, percent', number(one('steps.near'))],
		['  the same by schedstat', number(one('steps.schedstat.near'))],
	);
}

exit unless whole('ours.tick', 10000);

my $system = whole('ours.system', 10000);
my @wanted = (
	['TM_GET, 16 bytes: times the refused ioctl', '<=', 1.5, ratio(whole('ours.get16', 1), $refused)],
	['TM_GET, all of it: times the refused ioctl', '<=', 1.9, ratio(whole('ours.get', 1), $refused)],
	['fork and exit with a list elsewhere: percent more', '<=', 1,
	 percent_more('fork.list', 'fork.bare')],
	['tick of 10000: times that of 1000, a process', '<=', 1.05,
	 ratio(each_process('ours.tick', 10000), each_process('ours.tick', 1000))],
	(map { ["whole system of 10000: $_ times more", '>=', 50, ratio(whole($_, 10000), $system)] }
	 'pidstat', 'top', 'atop'),
	['whole system of 10000: BPF, all: times more', '>=', 2, ratio(whole('bpf.all', 10000), $system)],
);
# These are counted, not timed.
push @wanted, (
	['TM_BATCH of 1000, a process', '<=', 450, each_process('ours.batch', 1000)],
	['tick into the ring of 1000, a process', '<=', 330, each_process('ours.tick', 1000)],
	['mapped ring, a record in place', '<=', 40, each_process('ours.inplace', 1000)],
	['exact exit record of a process on a list', '<=', 2000, one('end.record')],
) if $unit eq 'instructions';
heading('What is wanted');
for (@wanted) {
	my ($name, $how, $limit, $is) = @$_;
	my $met = !defined $is ? 'not measured' : ($how eq '<=' ? $is <= $limit : $is >= $limit) ? 'met' : 'NOT MET';
	printf "  %-50s %2s %6s %10s  %s\n", $name, $how, $limit,
		defined $is ? sprintf($is < 100 ? '%.2f' : '%.0f', $is) : '-', $met;
}
