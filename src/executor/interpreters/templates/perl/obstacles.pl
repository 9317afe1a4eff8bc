package OmdWarm;

# Finds out whether the plugin can be run from a template, and keeps what its children need.
# Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

my $MOST_WARNINGS = 32768;    # what a pipe holds, and some room
my $NO_HANG = 1;    # WNOHANG; POSIX would have to be loaded

our ( $stderr, $printed, $warned, %is_ours );
our ( @data, $warnings, %layers_of, $is_seeded );

# Returns the reason why the plugin can't be run from a template, or undef when all is prepared.
sub find_obstacle {
    flush_handle( \*STDOUT );
    return 'it prints while it is compiled' if length take($printed);
    $warnings = take($warned);
    return 'it warns without end while it is compiled' if length $warnings >= $MOST_WARNINGS;
    return 'it redirects its output while it is compiled'
      if !leads_to( \*STDOUT, $printed ) || !leads_to( \*STDERR, $warned );
    @data = find_data( \%main::, {} );
    $is_ours{ $_->{descriptor} } = 1 for @data;
    return 'it keeps a file open that it has opened while it was compiled'
      if grep { !is_harmless($_) } open_descriptors();
    return 'it has threads' if entries('/proc/self/task') > 1;
    return 'it has started other processes while it was compiled' if waitpid( -1, $NO_HANG ) != -1;
    prepare();
    return 'it chooses its random numbers while it is compiled'
      if $is_seeded && grep { names_seed($_) } source_files();
    return undef;
}

# All forked processes would share the position in the files of DATA handles, so each child opens its own.
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

# A device has no position that processes could share.
sub is_harmless { return $is_ours{ $_[0] } || -c "/proc/self/fd/$_[0]" }

sub prepare {
    close $_ for $printed, $warned, $stderr;
    %layers_of = ( stdout => layers( \*STDOUT ), stderr => layers( \*STDERR ) );
    watch_sources();
    catch_signals();
    $is_seeded = is_seeded();
    srand if $is_seeded;
}

# Whether random numbers were drawn while the plugin was compiled: then two children would draw the same ones.
# Otherwise each child seeds itself.
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

# Whether the file seeds with a number that is always the same.
sub names_seed { return content_of( $_[0] ) =~ /\bsrand\s*\(?\s*\d/ }

1;
