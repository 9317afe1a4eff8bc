# The sockets of icmp.pl. Sends single echo requests, and reads the replies and errors.
package IcmpSockets;
use strict;
use warnings;
use Config;
use Errno qw(EAGAIN ENOBUFS);
use Exporter 'import';
use Socket qw(AF_INET AF_INET6 SOCK_RAW SOCK_DGRAM SOL_SOCKET SO_RCVBUF SO_SNDBUF MSG_DONTWAIT);

our @EXPORT_OK = qw(has_errors monotonic_clock open_sockets receive refusal_of send_request socket_address watched);

# Constants that the module Socket does not have.
use constant {SIOCGSTAMP => 0x8906, MSG_ERRQUEUE => 0x2000, SO_SNDBUFFORCE => 32, SO_RCVBUFFORCE => 33};
use constant {IPPROTO_ICMP => 1, IPPROTO_ICMPV6 => 58, SOL_IP => 0, SOL_IPV6 => 41, SOL_RAW => 255};
use constant {IP_TTL => 2, IP_RECVERR => 11, IPV6_RECVERR => 25, ICMP_FILTER => 1};
use constant {CLOCK_REALTIME => 0, CLOCK_MONOTONIC => 1, LOCAL_ERROR => 1};
use constant {BUFFER => 4 << 20, MAX_SOCKETS => 16, MAX_SOURCES => 32, MAX_AT_ONCE => 64, PACKET => 2048};
use constant NO_SOURCE => "\0" x 4;

# System calls by number, because perl-base has neither Time::HiRes nor recvmsg.
my %CALLS = (    # clock_gettime, recvmsg
  x86_64 => [228, 47], aarch64 => [113, 212], riscv64 => [113, 212], loongarch64 => [113, 212],
  powerpc64le => [246, 342], ppc64le => [246, 342], s390x => [260, 372], i686 => [265, 372], i386 => [265, 372], arm => [263, 297],
);
my ($machine) = $Config{archname} =~ /^([^-]+)/;
my ($CLOCK_GETTIME, $RECVMSG) = @{$CALLS{$machine} // die "no system calls are known for $machine\n"};

use constant {ALL => 0xffff_ffff, FILTER_6 => 8};
my %FAMILIES = (
  4 => {
    domain => AF_INET, protocol => IPPROTO_ICMP, request => 8, reply => 0, errors => {3 => 1, 11 => 1, 12 => 1},
    receive_errors => [SOL_IP, IP_RECVERR],
    filter => SOL_RAW, pass => pack('L', ALL & ~(1 << 0 | 1 << 3 | 1 << 11 | 1 << 12)), block => pack('L', ALL),
    to => sub { pack('S n a4 x8', AF_INET, 0, $_[0]) }, from => sub { substr($_[0], 4, 4) . "\0" x 12 },
  },
  6 => {
    domain => AF_INET6, protocol => IPPROTO_ICMPV6, request => 128, reply => 129, errors => {1 => 1, 2 => 1, 3 => 1, 4 => 1},
    receive_errors => [SOL_IPV6, IPV6_RECVERR],
    # The filter has 256 bits. It passes the types 1 to 4 and 129.
    filter => IPPROTO_ICMPV6, pass => pack('L8', ALL & ~0b11110, (ALL) x 3, ALL & ~0b10, (ALL) x 3), block => pack('L8', (ALL) x FILTER_6),
    to => sub { pack('S n N a16 N', AF_INET6, 0, 0, $_[0], 0) }, from => sub { substr($_[0], 8, 16) },
  },
);

my @sockets;                     # all sockets that receive
my @errors;                      # errors that were read, but not yet passed on
my $watched = '';                # the vector of @sockets for select
my $time = pack('l!2', 0, 0);    # the kernel writes a time here

sub open_sockets {
  for my $family (values %FAMILIES) {
    $family->{bound} = {};
    # An unprivileged socket is tried first: the kernel passes it only its own replies.
    my $first = open_socket($family, SOCK_DGRAM) // open_socket($family, SOCK_RAW);
    $family->{errno} = defined $first ? 0 : $! + 0;
    $family->{sockets} = [$first // ()];
  }
}

# The error number if no socket can be opened, otherwise 0.
sub refusal_of { $FAMILIES{$_[0]}{errno} }

# The vector of all sockets for select.
sub watched { $watched }

# True: receive has an error to pass on at once.
sub has_errors { scalar @errors }

# Turns 16 bytes, of which IPv4 uses 4, into a socket address.
sub socket_address {
  my ($version, $address) = @_;
  return $FAMILIES{$version}{to}->($address);
}

# Microseconds of the clock that the kernel stamps arriving packets with.
sub stamp { read_clock(CLOCK_REALTIME) }

# Microseconds of a clock that is never set.
sub monotonic_clock { read_clock(CLOCK_MONOTONIC) }

sub read_clock {
  syscall($CLOCK_GETTIME, $_[0], $time);
  my ($seconds, $nanoseconds) = unpack('l!2', $time);
  return $seconds * 1_000_000 + ($nanoseconds - $nanoseconds % 1000) / 1000;
}

# ---- opening ----

sub open_socket {
  my ($family, $type, $source) = @_;
  socket(my $handle, $family->{domain}, $type, $family->{protocol}) or return undef;
  my $socket = {handle => $handle, type => $type, is_raw => $type == SOCK_RAW, id => $$ & 0xffff, ttl => 0, family => $family};
  setsockopt($handle, SOL_SOCKET, $_, pack('i', BUFFER)) for SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE;
  return undef if defined $source && !bind($handle, $family->{to}->($source));
  if ($socket->{is_raw}) {
    # Every raw socket receives the replies to all raw sockets, so only the first one does not block them.
    my $is_first = !@{$family->{sockets} // []};
    setsockopt($handle, $family->{filter}, ICMP_FILTER, $is_first ? $family->{pass} : $family->{block}) or return undef;
    return $socket unless $is_first;
  } else {
    my ($level, $option) = @{$family->{receive_errors}};
    setsockopt($handle, $level, $option, pack('i', 1)) or return undef;
  }
  ioctl($handle, SIOCGSTAMP, $time);    # from now on packets carry the time of their arrival
  vec($watched, fileno($handle), 1) = 1;
  push @sockets, $socket;
  return $socket;
}

# Requests that wait for the hardware address of a dead neighbour fill a socket's buffer. Other requests then
# use the next socket.
sub next_socket {
  my ($family, $tried) = @_;
  my $all = $family->{sockets};
  if ($tried < @$all) { push @$all, shift @$all }
  elsif (@$all >= MAX_SOCKETS) { return undef }
  else { unshift @$all, open_socket($family, $all->[0]{type}) // return undef }
  return $all->[0];
}

# A socket that sends from one address of this machine. IPv4 only.
sub bound_socket {
  my ($family, $source) = @_;
  my $bound = $family->{bound};
  return $bound->{$source} if $bound->{$source};
  if (keys %$bound >= MAX_SOURCES) {
    $! = EAGAIN;
    return undef;
  }
  my $socket = open_socket($family, $family->{sockets}[0]{type}, $source) // return undef;
  return $bound->{$source} = $socket;
}

# ---- sending ----

# Returns the error number, or 0 and the time where the request was sent.
sub send_request {
  my ($version, $to, $number, $token, $padding, $ttl, $source) = @_;
  my $family = $FAMILIES{$version};
  my $is_bound = $source ne NO_SOURCE;
  my $socket = ($is_bound ? bound_socket($family, $source) : $family->{sockets}[0]) // return $! + 0;
  my $errno = 0;
  for my $try (1 .. MAX_SOCKETS + 1) {
    set_ttl($socket, $ttl) if $ttl != $socket->{ttl};
    my $packet = build($socket, $number, $token) . $padding;
    my $at = stamp();
    return (0, $at) if defined send($socket->{handle}, $packet, MSG_DONTWAIT, $to);
    $errno = $! + 0;
    # Only an unprivileged socket is told that a packet was dropped on its way out. For the plugins it is
    # sent, and lost.
    return (0, $at) if $errno == ENOBUFS && !$socket->{is_raw};
    if ($errno == EAGAIN || $errno == ENOBUFS) {
      return $errno if $is_bound;
      $socket = next_socket($family, $try) // return $errno;
    } elsif ($socket->{is_raw} || (!receive_errors($socket) && $try > 1)) {
      # An unprivileged socket first reports an error of another request, as if it were an error of this one.
      return $errno;
    }
  }
  return $errno;
}

sub set_ttl {
  my ($socket, $ttl) = @_;
  $socket->{ttl} = $ttl;
  # IPv6 keeps the kernel's limit, because check_icmp sets its own for IPv4 only.
  setsockopt($socket->{handle}, SOL_IP, IP_TTL, pack('i', $ttl || -1)) if $socket->{family}{domain} == AF_INET;
}

# The packet without its padding of zeros. The kernel computes the checksum except for raw IPv4 sockets.
sub build {
  my ($socket, $number, $token) = @_;
  my ($type, $id) = ($socket->{family}{request}, $socket->{id});
  my $sum = 0;
  if ($socket->{is_raw} && $socket->{family}{domain} == AF_INET) {
    $sum = ($type << 8) + $id + $number + ($token >> 16) + ($token & 0xffff);
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum > 0xffff;
    $sum = ~$sum & 0xffff;
  }
  return pack('C x n n n N', $type, $sum, $id, $number, $token);
}

# ---- receiving ----

# Reads what has arrived at the sockets of this vector of select, or at all sockets without one. Calls
# reply(number, token, time) and error(number, address, type, code, address of the router). Returns true where
# there may be more.
sub receive {
  my ($ready, $on_reply, $on_error) = @_;
  my $is_behind = 0;
  for my $socket (@sockets) {
    next if defined $ready && !vec($ready, fileno($socket->{handle}), 1);
    $is_behind = 1 if receive_packets($socket, $on_reply);
  }
  $on_error->(@$_) for splice @errors;
  return $is_behind;
}

sub receive_packets {
  my ($socket, $on_reply) = @_;
  my ($family, $is_raw) = @$socket{qw(family is_raw)};
  my $has_header = $is_raw && $family->{domain} == AF_INET;
  for my $done (0 .. MAX_AT_ONCE - 1) {
    my $from = recv($socket->{handle}, my $packet, PACKET, MSG_DONTWAIT);
    if (!defined $from) {
      receive_errors($socket) if !$is_raw && ($done == 0 || $! != EAGAIN);
      return 0;
    }
    substr($packet, 0, (ord($packet) & 15) * 4, '') if $has_header;
    next if length $packet < 12;
    my ($type, $code, $id, $number, $token) = unpack('C C x2 n n N', $packet);
    if ($type == $family->{reply}) {
      next if $is_raw && $id != $socket->{id};
      ioctl($socket->{handle}, SIOCGSTAMP, $time);
      my ($seconds, $microseconds) = unpack('l!2', $time);
      $on_reply->($number, $token, $seconds * 1_000_000 + $microseconds);
    } elsif ($is_raw && $family->{errors}{$type}) {
      read_error($socket, $packet, $type, $code, $family->{from}->($from));
    }
  }
  return 1;
}

# Reads a router's error, which quotes one of our requests.
sub read_error {
  my ($socket, $packet, $type, $code, $offender) = @_;
  my $family = $socket->{family};
  my $is_v4 = $family->{domain} == AF_INET;
  my $quoted = $is_v4 ? 8 + (ord(substr($packet, 8, 1)) & 15) * 4 : 48;
  return if length $packet < $quoted + 8;
  my ($request, $id, $number) = unpack('C x3 n n', substr($packet, $quoted, 8));
  return if $request != $family->{request} || $id != $socket->{id};
  my $address = $is_v4 ? substr($packet, 24, 4) . "\0" x 12 : substr($packet, 32, 16);
  push @errors, [$number, $address, $type, $code, $offender];
}

# Reads errors from the error queue of an unprivileged socket. Returns how many there were.
sub receive_errors {
  my ($socket) = @_;
  my $family = $socket->{family};
  my ($to, $packet, $control) = ("\0" x 28, "\0" x 64, "\0" x 512);
  vec($_, 0, 8) = 0 for $to, $packet, $control;    # makes each a buffer of its own, which the kernel may write to
  my $vector = pack('P L!', $packet, length $packet);
  my $offender_at = length(pack('L! i i', 0, 0, 0)) + 16;
  for my $told (0 .. MAX_AT_ONCE) {
    my $message = pack('P L x!8 P L! P L! i x!8', $to, length $to, $vector, 1, $control, length $control, 0);
    my $length = syscall($RECVMSG, fileno($socket->{handle}), $message, MSG_ERRQUEUE | MSG_DONTWAIT);
    return $told if $length < 0;
    # A header, the error, and the router that reported it.
    my ($level, $option, $origin, $type, $code) = unpack('x[L!] i i x4 C C C', $control);
    next if $length < 8 || $level != $family->{receive_errors}[0] || $option != $family->{receive_errors}[1];
    next if $origin <= LOCAL_ERROR || !$family->{errors}{$type};
    my ($address, $offender) = map { $family->{from}->($_) } $to, substr($control, $offender_at, 28);
    push @errors, [unpack('x6 n', $packet), $address, $type, $code, $offender];
  }
  return MAX_AT_ONCE;
}

1;
