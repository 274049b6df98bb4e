#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
#
# usage: dashboard.pl FILE
#
# What the panels of a Grafana dashboard ask Prometheus for, a query a line, as Grafana
# asks it: its variables filled in. Fails where a panel covers another.

use strict;
use warnings;
use JSON::PP;

local $/;
my $dashboard = JSON::PP->new->utf8->decode(<>);
my (%id, %at);

sub place {
	my ($p) = @_;
	my $g = $p->{gridPos};
	die "id $p->{id} twice\n" if $id{$p->{id}}++;
	for my $x ($g->{x} .. $g->{x} + $g->{w} - 1) {
		for my $y ($g->{y} .. $g->{y} + $g->{h} - 1) {
			die "$p->{title}: another is there\n" if $at{"$x $y"}++ || $x > 23;
		}
	}
}

for my $p (@{ $dashboard->{panels} }) {
	place($p);
	for my $query (map { $_->{expr} } @{ $p->{targets} }) {
		$query =~ s/\$__rate_interval/1m/g;
		$query =~ s/\$top\b/5/g;
		$query =~ s/\$[a-z]+\b/.*/g;
		print "$query\n";
	}
}
