#!/usr/bin/perl
# nagios: +epn
# How many orders of the demo's shop wait. The worker compiles this plugin once.
use strict;
use warnings;
use Getopt::Long;
use IO::Socket::INET;

my ( $host, $port, $warning, $critical );
GetOptions( 'H=s' => \$host, 'p=i' => \$port, 'w=i' => \$warning, 'c=i' => \$critical );
unless ( defined $host && defined $port && defined $warning && defined $critical ) {
    print "ORDERS UNKNOWN - usage: check_orders.pl -H ADDRESS -p PORT -w COUNT -c COUNT\n";
    exit 3;
}

my $socket = IO::Socket::INET->new( PeerAddr => $host, PeerPort => $port, Timeout => 5 );
unless ($socket) {
    print "ORDERS CRITICAL - $host does not answer at port $port\n";
    exit 2;
}
print $socket "GET /orders HTTP/1.0\r\nHost: $host\r\n\r\n";
my $page = do { local $/; <$socket> };
unless ( defined $page && $page =~ /^waiting (\d+)/m ) {
    print "ORDERS UNKNOWN - $host tells no number of orders\n";
    exit 3;
}
my $waiting = $1;
my $state = $waiting > $critical ? 2 : $waiting > $warning ? 1 : 0;
my $name = ( 'OK', 'WARNING', 'CRITICAL' )[$state];
print "ORDERS $name - $waiting orders wait|orders=$waiting;$warning;$critical;0\n";
exit $state;
