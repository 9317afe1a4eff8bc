package OmdWarm;

# A template process. Perl compiles a plugin, and stops before it runs the plugin. For every check the template
# forks a child. In the child perl goes on with the plugin, as if perl had just been started.
#
#   perl <switches of the plugin> -I<directory of this file> -MOmdWarm=<template id> <plugin>
#
# stdin   a socket with requests, a line for each. When it is closed, the template exits after its children:
#         id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words
# stdout  the pipe to which all templates write, a line with each write:
#         <template id> ready           it takes requests
#         <template id> - <reason>      it takes none: the plugin must be started for each check
#         <id> +<pid>                   the child runs, and is the leader of its process group
#         <id> !                        the plugin ended without a call of exit; the return code follows
#         <id> <return code>            the child has ended; 128 + n after signal n
#         <id> -                        the plugin was not run: it, or one of its modules, has changed
# stderr  perl's messages about a plugin that does not compile
#
# This module is part of the plugin's process. It loads no other module, and the plugin cannot notice it.

BEGIN { $^H |= 0x6e2 }    # `use strict` without loading strict.pm

# The numbers of Linux. The modules POSIX and Fcntl have them, but are not loaded.
my $INTERRUPTED = 4;           # EINTR
my $AGAIN       = 11;          # EAGAIN
my $NO_HANG     = 1;           # WNOHANG
my $SET_FLAGS   = 4;           # F_SETFL
my $TO_WRITE    = 1 | 2048;    # O_WRONLY | O_NONBLOCK: a pipe without a reader is an error, and does not block

# Signals that do not end a template: a plugin may send them to its parent.
my @SURVIVED = qw(HUP INT TERM);

# Modules that others load only when they are used. Nearly every plugin with these modules uses them.
my @LOADED_LATE = (
    [ 'Monitoring/Plugin.pm' => map {"Monitoring/Plugin/$_.pm"} qw(Getopt Threshold Performance Range) ],
    [ 'Nagios/Plugin.pm'     => map {"Nagios/Plugin/$_.pm"} qw(Getopt Threshold Performance Range) ],
);

# A signal that comes just before select is noticed when select returns. So select waits only for some seconds:
# the shorter time at first, then longer and longer.
my ( $SHORT, $LONG ) = ( 0.02, 0.5 );

my ( $template_id, $requests, $status, $status_path, $stderr, $printed, $warned );
my ( %is_ours, %state_of, $looked_at, $has_changed );
my ( $is_compiled, $errno, $warnings, %layers_of, @data, %handler_of );
my ( %id_of, $has_news, $plugin_id, $plugin_pid, $has_called_exit );

BEGIN {
    *CORE::GLOBAL::exit = sub (;$) { $has_called_exit = 1; CORE::exit( @_ ? $_[0] : 0 ) };
}

# Perl runs the END block that it has compiled first as the last one.
END {
    if    ( !$is_compiled )                            { end_compilation() }
    elsif ( defined $plugin_pid && $plugin_pid == $$ ) { end_plugin() }
}

# Perl runs this INIT block as the first one, when the plugin is compiled.
INIT { serve() }

sub import {
    $template_id = $_[1];
    hide();
    move_handles();
    $is_ours{$_} = 1 for open_descriptors();
    remember($0);
}

sub hide {
    my ($place) = grep { "$INC[$_]/OmdWarm.pm" eq __FILE__ } 0 .. $#INC;
    splice @INC, $place, 1;
    delete $INC{'OmdWarm.pm'};
}

# What a plugin prints while it is compiled must not get into the worker's pipe. Two other pipes take it.
sub move_handles {
    $status_path = untaint( readlink '/proc/self/fd/1' );
    my ( $out, $err );
    open( $requests, '<&', \*STDIN )  && open( $status, '>&', \*STDOUT ) && open( $stderr, '>&', \*STDERR )
      && pipe( $printed, $out ) && pipe( $warned, $err )
      && open( STDIN, '<', '/dev/null' ) && open( STDOUT, '>&', $out ) && open( STDERR, '>&', $err )
      or die "no template: $!\n";
    binmode $_ for $requests, $status, $stderr;
}

sub untaint { return $_[0] =~ /\A(.*)\z/s ? $1 : undef }

# ---- After the plugin was compiled

sub serve {
    $errno = $! + 0;
    my $obstacle = find_obstacle();
    $is_compiled = 1;
    report( "$template_id " . ( $obstacle ? "- $obstacle" : 'ready' ) );
    my $request = $obstacle ? undef : next_request();
    defined $request ? become_plugin($request) : end_template();
}

sub find_obstacle {
    load_ahead();
    flush_handle( \*STDOUT );
    return 'it prints while it is compiled' if length take($printed);
    return 'it redirects its output while it is compiled' if !leads_to( \*STDOUT, $printed ) || !leads_to( \*STDERR, $warned );
    @data = find_data( \%main::, {} );
    $is_ours{ $_->{descriptor} } = 1 for @data;
    return 'it keeps a file open that it has opened while it was compiled' if grep { !is_harmless($_) } open_descriptors();
    return 'it has threads' if entries('/proc/self/task') > 1;
    prepare();
    return undef;
}

sub prepare {
    $warnings = take($warned);
    close $_ for $printed, $warned, $stderr;
    %layers_of = ( stdout => layers( \*STDOUT ), stderr => layers( \*STDERR ) );
    remember($_) for grep { defined && !ref } values %INC;
    for my $name (@SURVIVED) { $handler_of{$name} = $SIG{$name}; $SIG{$name} = sub { } }
    $handler_of{CHLD} = $SIG{CHLD};
    $SIG{CHLD} = sub { $has_news = 1 };
    srand;
}

sub load_ahead {
    local ( $@, $SIG{__DIE__} );
    for my $modules (@LOADED_LATE) {
        my ( $used, @late ) = @$modules;
        next if !$INC{$used};
        for my $file (@late) { eval { require $file } }
    }
}

sub flush_handle {
    my $selected = select $_[0];
    my $was = $|;
    $| = 1;
    $| = $was;
    select $selected;
}

# Reads what a pipe holds now.
sub take {
    my ( $pipe, $text ) = ( @_, '' );
    while ( can_read( $pipe, 0 ) ) { sysread( $pipe, $text, 65536, length $text ) or last }
    return $text;
}

sub can_read {
    my ( $handle, $seconds ) = @_;
    my $set = '';
    vec( $set, fileno $handle, 1 ) = 1;
    return select( $set, undef, undef, $seconds ) > 0;
}

sub leads_to {
    my ( $handle, $pipe ) = @_;
    return join( ' ', ( stat $handle )[ 0, 1 ] ) eq join( ' ', ( stat $pipe )[ 0, 1 ] );
}

# The layers of a handle that `use open`, -C or binmode have added.
sub layers {
    return join '', map { ":$_" } grep { $_ ne 'unix' && $_ ne 'perlio' } PerlIO::get_layers( $_[0] );
}

# Forked processes share the position in the file of a DATA handle, so each child opens the file itself.
sub find_data {
    my ( $package, $seen ) = @_;
    return () if $seen->{$package}++;
    my @found;
    for my $name ( keys %$package ) {
        my $glob = \$package->{$name};
        next if ref $glob ne 'GLOB';
        if ( $name =~ /::\z/ ) { push @found, find_data( *{$glob}{HASH}, $seen ) if *{$glob}{HASH} }
        elsif ( $name eq 'DATA' && *{$glob}{IO} && defined fileno *{$glob}{IO} ) {
            push @found,
              { glob => $glob, descriptor => fileno $glob, position => tell $glob, layers => layers($glob) };
        }
    }
    return @found;
}

# The descriptor with which the list was read is in the list, but closed again.
sub open_descriptors { return grep { -e "/proc/self/fd/$_" } entries('/proc/self/fd') }

sub entries {
    opendir my $directory, $_[0] or return ();
    return grep { !/\A\./ } readdir $directory;
}

# Descriptors of devices and directories may be shared: they have no position that matters.
sub is_harmless {
    my $path = "/proc/self/fd/$_[0]";
    return $is_ours{ $_[0] } || -c $path || -d _;
}

# ---- While the template serves

# Returns in a child, with its request. Returns undef in the template, after the last request.
sub next_request {
    my ( $text, $wait ) = ( '', $SHORT );
    for ( ; ; ) {
        if ($has_news) { reap($NO_HANG); $wait = $SHORT }
        if ( %id_of && !can_read( $requests, $has_news ? 0 : $wait ) ) {
            $wait *= 2 if $wait < $LONG;
            next;
        }
        my $count = sysread $requests, $text, 65536, length $text;
        last if defined $count ? $count == 0 : $! != $INTERRUPTED;
        $wait = $SHORT;
        while ( ( my $end = index $text, "\n" ) >= 0 ) {
            my $request = substr $text, 0, $end + 1, '';
            chop $request;
            return $request if is_child_for($request);
        }
    }
    reap(0);
    return undef;
}

sub is_child_for {
    my $id = substr $_[0], 0, index $_[0], "\t";
    my $seed = rand 0xffffffff;
    my $pid = is_changed() ? undef : fork;
    if ( !defined $pid ) { report("$id -") }
    elsif ($pid) {
        setpgrp $pid, $pid;    # the child does the same, and one of both is first
        $id_of{$pid} = $id;
        report("$id +$pid");
    }
    else {
        srand $seed;
        return 1;
    }
    return 0;
}

sub reap {
    my ($flags) = @_;
    $has_news = 0;
    while ( ( my $pid = waitpid -1, $flags ) > 0 ) {
        my $id = delete $id_of{$pid};
        report( "$id " . ( $? & 127 ? 128 + ( $? & 127 ) : $? >> 8 ) ) if defined $id;
    }
}

sub report {
    my $line = "$_[0]\n";
    until ( defined syswrite $status, $line ) {
        last if $! != $AGAIN;
        select undef, undef, undef, $SHORT;
    }
}

# Looks at the files at most once a second.
sub is_changed {
    my $now = time;
    return $has_changed if $has_changed || $now == $looked_at;
    $looked_at = $now;
    return $has_changed = grep { state_of($_) ne $state_of{$_} } keys %state_of;
}

sub remember {
    $looked_at = time;
    $state_of{ $_[0] } = state_of( $_[0] );
}

# The inode, the size and the times of a file.
sub state_of { return join ' ', ( stat $_[0] )[ 1, 7, 9, 10 ] }

# Ends the process without END blocks: those of the plugin must run only where the plugin has run.
sub end_template { kill KILL => $$ }

# ---- In the child

sub become_plugin {
    setpgrp 0, 0;
    close $requests;
    close $status;
    my ( $id, $out, $err, $additions, @words ) = split /\t/, $_[0], -1;
    direct( \*STDERR, $err, $layers_of{stderr}, $warnings );
    direct( \*STDOUT, $out, $layers_of{stdout}, '' );
    if ( $_[0] =~ /\\/ ) { unescape($_) for @words }
    for my $addition ( splice @words, 0, $additions ) {
        my ( $name, $value ) = split /=/, $addition, 2;
        $ENV{$name} = $value;
    }
    if ( ${^UNICODE} & 32 ) { utf8::decode($_) for @words }
    @ARGV = @words;
    reopen($_) for @data;
    $SIG{$_} = $handler_of{$_} for keys %handler_of;
    ( $plugin_id, $plugin_pid, $has_called_exit ) = ( $id, $$, 0 );
    ( $^T, $?, $! ) = ( time, 0, $errno );
}

sub direct {
    my ( $handle, $path, $layers, $text ) = @_;
    sysopen( $handle, untaint($path), $TO_WRITE ) && fcntl( $handle, $SET_FLAGS, 0 ) or kill KILL => $$;
    syswrite $handle, $text if length $text;
    binmode $handle, $layers if length $layers;
}

my %CHARACTER;
BEGIN { %CHARACTER = ( t => "\t", n => "\n", r => "\r" ) }

sub unescape { $_[0] =~ s/\\(.)/exists $CHARACTER{$1} ? $CHARACTER{$1} : $1/ge }

sub reopen {
    my ($data) = @_;
    open my $handle, "<$data->{layers}", "/proc/self/fd/$data->{descriptor}" or return;
    seek $handle, $data->{position}, 0;
    *{ $data->{glob} } = *{$handle}{IO};
}

# ---- At the end

# A plugin that calls exit while it is compiled gets no template. Perl itself prints errors for the worker.
sub end_compilation {
    report("$template_id - it calls exit while it is compiled") if $has_called_exit;
    my $text = take($warned);
    syswrite $stderr, $text;
}

# Embedded Perl never took an end without exit for OK. The status pipe is closed here, but its path is known.
sub end_plugin {
    return if $has_called_exit || $? != 0;
    $? = 3;
    sysopen( $status, $status_path, $TO_WRITE ) && report("$plugin_id !") if defined $status_path;
}

1;
