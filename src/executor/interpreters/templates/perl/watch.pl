package OmdWarm;

# Notices that the plugin or one of its modules has changed, or that a module has appeared.
# Part of OmdWarm.pm.

BEGIN { ( $^H, ${^WARNING_BITS} ) = ( $^H | 0x6e2, '' ) }

# The directories in which these lie are those of perl's own modules.
my @CORE_MODULES = qw(strict.pm warnings.pm Carp.pm Exporter.pm Config.pm POSIX.pm Getopt/Long.pm);

my ( %state_of, $looked_at, $has_changed, %is_missed, %directory_state );

sub remember {
    $looked_at = time;
    $state_of{ $_[0] } = state_of( $_[0] );
}

# To be called when the plugin is compiled.
sub watch_sources {
    remember($_) for source_files();
    my @named = map { named_modules($_) } foreign_files();
    %is_missed = map { $_ => 1 } grep { !$INC{$_} && !has_appeared($_) } @named;
    watch_directories();
}

# The plugin and its modules.
sub source_files {
    return ( $0, grep { defined && !ref } values %INC );
}

# The plugin and its modules without those of perl itself: all that these need is installed with them.
sub foreign_files {
    my %is_core = map { defined $INC{$_} ? ( directory_of($_) => 1 ) : () } @CORE_MODULES;
    my @loaded = grep { defined $INC{$_} && !ref $INC{$_} } keys %INC;
    return ( $0, map { $INC{$_} } grep { !$is_core{ directory_of($_) } } @loaded );
}

sub directory_of { return substr $INC{ $_[0] }, 0, -length $_[0] }

# Modules that a file names: as a word after `use` or `require`, or as text.
sub named_modules {
    my $text = content_of( $_[0] );
    $text =~ s/\n__(?:END|DATA)__\n.*//s;
    my %names;
    $names{$1} = 1 while $text =~ /\b(?:use|require)\s+([A-Z]\w*(?:::\w+)*|[a-z]\w*(?:::\w+)+)/g;
    $names{$1} = 1 while $text =~ /["']([A-Za-z]\w*(?:::\w+)+)["']/g;
    return map { s{::}{/}g; "$_.pm" } keys %names;
}

# A module can appear only in a directory that has changed.
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

# Perl sees whole seconds: a directory that has changed in this second may change again and look the same.
sub settled_state_of {
    my ( $time, $state ) = ( time, state_of( $_[0] ) );
    return $state =~ / (\d+)\z/ && $1 >= $time - 1 ? '' : $state;
}

sub nearest_directory {
    my ($path) = @_;
    until ( -d $path ) { $path =~ s{/[^/]*\z}{}s or return '.' }
    return $path;
}

# Inode, size and times.
sub state_of { return join ' ', ( stat $_[0] )[ 1, 7, 9, 10 ] }

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

# Whether a module is in a directory that comes before the one where perl has found it. If perl has not found
# it, whether it is in any directory.
sub has_appeared {
    my ($name) = @_;
    for my $directory ( grep { !ref } @INC ) {
        my $path = "$directory/$name";
        return 0 if defined $INC{$name} && $INC{$name} eq $path;
        return 1 if -e $path;
    }
    return 0;
}

1;
