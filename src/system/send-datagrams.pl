# Sends datagrams to a Unix socket: send-datagrams.pl SOCKET PATIENCE
# SOCKET is a path, or @NAME for a name of the abstract namespace. Each line on standard input is a message, with
# \n for a line break and \\ for a backslash. Where nothing listens the message waits up to PATIENCE seconds, so
# that a daemon may restart; after that a message is tried once each until one arrives. It ends with its input.
use strict;
use warnings;
use Errno qw(EAGAIN ECONNREFUSED ENOBUFS ENOENT);
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);

my $PAUSE = 0.1;
my ($name, $patience) = @ARGV;
my $is_down = 0;

# A signal to the whole group or unit is for the worker, which still has something to say.
$SIG{$_} = 'IGNORE' for qw(HUP INT QUIT TERM USR1 PIPE);
$0 = 'omd-worker-datagrams';
binmode STDIN;
socket my $socket, AF_UNIX, SOCK_DGRAM, 0 or exit 1;
(my $path = $name) =~ s/^\@/\0/;
my $address = pack_sockaddr_un($path);

while (defined(my $line = <STDIN>)) {
  last unless chomp $line;    # the worker has ended in the middle of a message
  $line =~ s/\\(.)/$1 eq 'n' ? "\n" : $1/ge;
  deliver($line);
}

sub deliver {
  my ($message) = @_;
  my $end = time + ($is_down ? 0 : $patience);
  until (defined send $socket, $message, 0, $address) {
    next if $!{EINTR};
    if (time >= $end || !may_come()) {
      $is_down = 1;
      return;
    }
    select undef, undef, undef, $PAUSE;
  }
  $is_down = 0;
}

sub may_come {
  return $! == ENOENT || $! == ECONNREFUSED || $! == EAGAIN || $! == ENOBUFS;
}
