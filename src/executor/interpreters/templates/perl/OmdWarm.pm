package OmdWarm;

# A template process: perl compiles a plugin and stops where it would run it. For every check the template forks
# a child in which perl goes on with the plugin, as if it had just been started.
#
#   perl <switches of the plugin> -I<directory of this file> -MOmdWarm=<template id> <plugin>
#
# stdin   a socket with requests, one line each; when it ends, the template ends after its children:
#         id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words of the plugin
# stdout  the pipe all templates tell on, one line a write:
#         <template id> ready           it takes requests
#         <template id> - <reason>      it can't: the plugin must be started anew for each check
#         <id> +<pid>                   the child, leader of its process group
#         <id> <return code>            128 + n after signal n
#         <id> -                        not run: the plugin, or a module of it, has changed
# stderr  what perl says about a plugin that doesn't compile
#
# It is part of the plugin's process. It loads no module, overrides no function of Perl and leaves no trace in what a plugin may look at:
# a module that is loaded ahead may change what others do (Monitoring::Plugin::Getopt configures Getopt::Long for the whole
# process), and an override of `exit` changes what perl warns about.

# `use strict` and `no warnings` (a plugin's -w is not for this file) without loading strict.pm and warnings.pm.
BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

# Linux' numbers; POSIX and Fcntl would have to be loaded.
my $INTERRUPTED = 4;           # EINTR
my $AGAIN       = 11;          # EAGAIN
my $NO_HANG     = 1;           # WNOHANG
my $SET_FLAGS   = 4;           # F_SETFL
my $TO_WRITE    = 1 | 2048;    # O_WRONLY | O_NONBLOCK: a pipe nobody reads is an error, not a wait for ever

# Signals a template outlives: a plugin may send them to its parent.
my @SURVIVED = qw(HUP INT TERM);

# The last words of perl about a plugin that does not compile. What else ends that early may have called exit.
my $COMPILATION_FAILED = qr/--c(?:ompilation|all queue) aborted| had too many errors\.| compilation errors\./;

# Where they lie, lie those of perl.
my @CORE_MODULES = qw(strict.pm warnings.pm Carp.pm Exporter.pm Config.pm POSIX.pm Getopt/Long.pm);

# A signal that comes just before select is noticed after it: so many seconds later at first, then less and less often.
my ( $SHORT, $LONG ) = ( 0.02, 0.5 );

my ( $template_id, $requests, $status, $stderr, $printed, $warned );
my ( %is_ours, %state_of, $looked_at, $has_changed, %is_missed, %directory_state );
my ( $is_compiled, $errno, $alarm, $warnings, %layers_of, @data, %handler_of, $is_seeded );
my ( %id_of, $has_news );

# The first END block runs last.
END { end_compilation() if !$is_compiled }

# The first INIT block runs first: the plugin is compiled then.
INIT { serve() }

sub import {
    $template_id = $_[1];
    hide();
    move_handles();
    $is_ours{$_} = 1 for open_descriptors();
    remember($0);
}

sub hide {
    my ($place) = grep { is_our_directory( $INC[$_] ) } 0 .. $#INC;
    splice @INC, $place, 1 if defined $place;
    delete $INC{'OmdWarm.pm'};
}

# perl puts a slash between directory and file only where the directory does not end with one.
sub is_our_directory { return $_[0] =~ m{/\z} ? "$_[0]OmdWarm.pm" eq __FILE__ : "$_[0]/OmdWarm.pm" eq __FILE__ }

# What a plugin prints while it is compiled must not get into the worker's pipe; two pipes keep it.
sub move_handles {
    my ( $out, $err );
    open( $requests, '<&', \*STDIN )  && open( $status, '>&', \*STDOUT ) && open( $stderr, '>&', \*STDERR )
      && pipe( $printed, $out ) && pipe( $warned, $err )
      && open( STDIN, '<', '/dev/null' ) && open( STDOUT, '>&', $out ) && open( STDERR, '>&', $err )
      or die "no template: $!\n";
    binmode $_ for $requests, $status, $stderr, $printed, $warned;    # a plugin's -C is not for them
}

sub untaint { return $_[0] =~ /\A(.*)\z/s ? $1 : undef }

# ---- When the plugin is compiled

sub serve {
    ( $errno, $alarm ) = ( $! + 0, alarm 0 );    # an alarm is not inherited by a fork
    my $obstacle = find_obstacle();
    $is_compiled = 1;
    report( "$template_id " . ( $obstacle ? "- $obstacle" : 'ready' ) );
    my $request = $obstacle ? undef : next_request();
    kill KILL => 0 if $obstacle && getpgrp == $$;    # and what it has started: it will be started again
    defined $request ? become_plugin($request) : end_template();
}

sub find_obstacle {
    flush_handle( \*STDOUT );
    return 'it prints while it is compiled' if length take($printed);
    return 'it redirects its output while it is compiled' if !leads_to( \*STDOUT, $printed ) || !leads_to( \*STDERR, $warned );
    @data = find_data( \%main::, {} );
    $is_ours{ $_->{descriptor} } = 1 for @data;
    return 'it keeps a file open that it has opened while it was compiled' if grep { !is_harmless($_) } open_descriptors();
    return 'it has threads' if entries('/proc/self/task') > 1;
    return 'it has started other processes while it was compiled' if waitpid( -1, $NO_HANG ) != -1;
    prepare();
    return 'it chooses its random numbers while it is compiled' if $is_seeded && grep { names_seed($_) } source_files();
    return undef;
}

sub prepare {
    $warnings = take($warned);
    close $_ for $printed, $warned, $stderr;
    %layers_of = ( stdout => layers( \*STDOUT ), stderr => layers( \*STDERR ) );
    remember($_) for source_files();
    %is_missed = map { $_ => 1 } grep { !$INC{$_} && !has_appeared($_) } map { named_modules($_) } foreign_files();
    watch_directories();
    for my $name (@SURVIVED) { $handler_of{$name} = $SIG{$name}; $SIG{$name} = sub { } }
    $handler_of{CHLD} = $SIG{CHLD};
    $SIG{CHLD} = sub { $has_news = 1 };
    $is_seeded = is_seeded();
    srand if $is_seeded;
}

# The plugin and its modules.
sub source_files {
    return ( $0, grep { defined && !ref } values %INC );
}

# Those that do not come with perl, whose own modules come with all they need.
sub foreign_files {
    my %is_core = map { defined $INC{$_} ? ( directory_of($_) => 1 ) : () } @CORE_MODULES;
    return ( $0, map { $INC{$_} } grep { defined $INC{$_} && !ref $INC{$_} && !$is_core{ directory_of($_) } } keys %INC );
}

sub directory_of { return substr $INC{ $_[0] }, 0, -length $_[0] }

# Random numbers were drawn while the plugin was compiled: two children would draw the same. Else each child seeds itself.
sub is_seeded {
    my @drawn = map { drawn_by_child() } 1 .. 2;
    return $drawn[0] eq $drawn[1];
}

sub drawn_by_child {
    my $number = '';
    pipe( my $out, my $in ) && defined( my $pid = fork ) or return $number;
    if ( !$pid ) { syswrite $in, rand; kill KILL => $$ }
    close $in;
    sysread $out, $number, 64;
    waitpid $pid, 0;
    return $number;
}

# Seeds with a number that is always the same.
sub names_seed { return content_of( $_[0] ) =~ /\bsrand\s*\(?\s*\d/ }

sub content_of {
    my ( $path, $text ) = ( @_, '' );
    sysopen my $file, untaint($path), 0 or return $text;
    binmode $file;
    while ( sysread $file, $text, 1 << 20, length $text ) { }
    return $text;
}

sub flush_handle {
    my $selected = select $_[0];
    my $was = $|;
    $| = 1;
    $| = $was;
    select $selected;
}

# What is in a pipe now.
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

# Layers put upon those a handle starts with, by `use open`, -C or binmode.
sub layers {
    return join '', map { ":$_" } grep { $_ ne 'unix' && $_ ne 'perlio' } PerlIO::get_layers( $_[0] );
}

# All processes forked share the position in the files of DATA handles, so each child opens its own.
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

# One of those listed was that of the list.
sub open_descriptors { return grep { -e "/proc/self/fd/$_" } entries('/proc/self/fd') }

sub entries {
    opendir my $directory, $_[0] or return ();
    return grep { !/\A\./ } readdir $directory;
}

# A device has no position that processes could share.
sub is_harmless { return $is_ours{ $_[0] } || -c "/proc/self/fd/$_[0]" }

# ---- While it serves

# Returns in a child, with the request it is for; in the template at the end of all requests.
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
    my $seed = $is_seeded ? rand 0xffffffff : undef;
    my $pid = is_changed() ? undef : fork;
    if ( !defined $pid ) { report("$id -") }
    elsif ($pid) {
        setpgrp $pid, $pid;    # the child does the same: whoever comes first
        $id_of{$pid} = $id;
        report("$id +$pid");
    }
    else {
        srand $seed if $is_seeded;
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
    return $has_changed = 1 if grep { state_of($_) ne $state_of{$_} } keys %state_of;
    return 0 if !grep { state_of($_) ne $directory_state{$_} } keys %directory_state;
    watch_directories();
    return $has_changed = grep { has_appeared($_) } keys %is_missed, keys %INC;
}

# Modules that a file names: as a word after `use` or `require`, or as text.
sub named_modules {
    my $text = content_of( $_[0] );
    $text =~ s/\n__(?:END|DATA)__\n.*//s;
    my %names;
    $names{$1} = 1 while $text =~ /\b(?:use|require)\s+([A-Z]\w*(?:::\w+)*|[a-z]\w*(?:::\w+)+)/g;
    $names{$1} = 1 while $text =~ /["']([A-Za-z]\w*(?:::\w+)+)["']/g;
    return map { s{::}{/}g; "$_.pm" } keys %names;
}

# Is there where perl did not find it, or not yet, when the plugin was compiled?
sub has_appeared {
    my ($name) = @_;
    for my $directory ( grep { !ref } @INC ) {
        my $path = "$directory/$name";
        return 0 if defined $INC{$name} && $INC{$name} eq $path;
        return 1 if -e $path;
    }
    return 0;
}

# A module can appear only where one of these changes.
sub watch_directories {
    my %directories;
    for my $name ( keys %is_missed, keys %INC ) {
        for my $directory ( grep { !ref } @INC ) {
            last if defined $INC{$name} && $INC{$name} eq "$directory/$name";
            my $path = "$directory/$name";
            $directories{$1} = 1 if $path =~ m{\A(.*)/}s;
        }
    }
    %directory_state = map { $_ => settled_state_of($_) } map { nearest_directory($_) } keys %directories;
}

# perl sees whole seconds: a directory that has changed in this one may change again and look the same.
sub settled_state_of {
    my ( $time, $state ) = ( time, state_of( $_[0] ) );
    return $state =~ / (\d+)\z/ && $1 >= $time - 1 ? '' : $state;
}

sub nearest_directory {
    my ($path) = @_;
    until ( -d $path ) { $path =~ s{/[^/]*\z}{}s or return '.' }
    return $path;
}

sub remember {
    $looked_at = time;
    $state_of{ $_[0] } = state_of( $_[0] );
}

# Inode, size and times.
sub state_of { return join ' ', ( stat $_[0] )[ 1, 7, 9, 10 ] }

# No END block of the plugin may run in a process in which the plugin did not.
sub end_template { kill KILL => $$ }

# ---- In the child

sub become_plugin {
    setpgrp 0, 0;
    close $requests;
    close $status;
    my ( undef, $out, $err, $additions, @words ) = split /\t/, $_[0], -1;
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
    alarm $alarm if $alarm;
    ( $^T, $?, $! ) = ( time, 0, $errno );
}

sub direct {
    my ( $handle, $path, $layers, $text ) = @_;
    sysopen( $handle, untaint($path), $TO_WRITE ) && fcntl( $handle, $SET_FLAGS, 0 ) or kill KILL => $$;
    binmode $handle;
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

# A plugin that calls exit that early is no template; an error is told to the worker by perl itself.
sub end_compilation {
    my $text = take($warned);
    report("$template_id - it ends while it is compiled") if $text !~ $COMPILATION_FAILED;
    syswrite $stderr, $text;
}

1;
