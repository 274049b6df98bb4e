#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# Judge test results: usage: tap.pl [-v] [-j N] FILE...
#
# A FILE that ends in .tap holds TAP and is read, any other is run, N at a time, in the
# order given. A directory stands for the .tap files that are in it when all that was
# named before has ended.
# Shows what failed, with -v every line, and closes with the line "N passed, N failed"
# (", N skipped" where some were). Fails if anything failed or no test passed;
# a file whose name begins with _ (a build, the kernel's log) is no test.

use strict;
use warnings;
use File::Glob ':bsd_glob';
use TAP::Harness;
use TAP::Parser::Aggregator;

my $verbose = @ARGV && $ARGV[0] eq '-v' ? shift : 0;
my $jobs = @ARGV && $ARGV[0] eq '-j' ? (splice @ARGV, 0, 2)[1] : 1;
my ($passed, $failed, $skipped, $tests) = (0, 0, 0, 0);

if (@ARGV) {
	my $harness = TAP::Harness->new({
		verbosity => $verbose ? 1 : 0,
		jobs => $jobs,
		exec => sub { [$_[1] =~ /\.tap$/ ? ('cat', $_[1]) : $_[1]] },
	});
	# A failed line, and the comments that follow it and explain it; of a
	# file in which everything fails the beginning will do.
	$harness->callback(made_parser => sub {
		my ($parser, $job) = @_;
		my ($bad, $left) = (0, 100);
		my $show = sub {
			print "    ", $_[0]->raw, "\n" if $left-- > 0;
			print "    ... (make check V=1 shows it all)\n" if $left == 0;
		};
		$parser->callback(test => sub {
			$bad = !$_[0]->is_ok;
			$show->($_[0]) if $bad;
		});
		$parser->callback(comment => sub { $show->($_[0]) if $bad });
	}) unless $verbose;
	my $all = TAP::Parser::Aggregator->new;
	my @first;
	push @first, shift while @ARGV && !-d $ARGV[0];
	$all->start;
	eval {
		$harness->aggregate_tests($all, @first) if @first;
		my @rest = map { -d ? bsd_glob("$_/*.tap") : $_ } @ARGV;
		$harness->aggregate_tests($all, @rest) if @rest;
	};
	$all->stop;
	$harness->summary($all);
	die $@ if $@;
	show_longest($all);
	for my $file ($all->descriptions) {
		my ($p) = $all->parsers($file);
		# A wrong plan, a bad exit status, no output: a failure each,
		# unless the file has failures that explain it.
		$failed += $p->failed || ($p->has_problems ? 1 : 0);
		$skipped += $p->skipped || ($p->skip_all ? 1 : 0);
		$passed += $p->passed - $p->skipped;
		$tests += $p->passed - $p->skipped unless $file =~ m{(^|/)_[^/]*$};
	}
}
# Where to look when it takes too long.
sub show_longest {
	my ($all) = @_;
	my %seconds;
	for my $p (map { [$_, $all->parsers($_)] } $all->descriptions) {
		my ($file, $parser) = @$p;
		$seconds{$file} = $parser->end_time - $parser->start_time if $parser->end_time;
	}
	my @long = grep { $seconds{$_} >= 10 } sort { $seconds{$b} <=> $seconds{$a} } keys %seconds;
	splice @long, 6 if @long > 6;
	print "longest: ", join(", ", map { sprintf "%s %.0f s", m{([^/]*)$}, $seconds{$_} } @long), "\n"
		if @long;
}

print "$passed passed, $failed failed", $skipped ? ", $skipped skipped" : '', "\n";
exit($failed || !$tests ? 1 : 0);
