# Prints each datagram that a Unix socket gets, as a line with \n for a line break: receive-datagrams.pl SOCKET
use strict;
use warnings;
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);
(my $path = $ARGV[0]) =~ s/^\@/\0/;
unlink $path if $path =~ m{^/};
socket my $socket, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
bind $socket, pack_sockaddr_un($path) or die "bind: $!";
$| = 1;
print "listening\n";
while (defined recv $socket, my $message, 262144, 0) {
  $message =~ s/\\/\\\\/g;
  $message =~ s/\n/\\n/g;
  print "$message\n";
}
